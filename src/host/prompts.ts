import vscode = require('vscode');
import { plainText } from './notifications';

/** What a question can come to, beside an answer. */
export const BACK = Symbol('back');
export const CANCEL = Symbol('cancel');
export type Answer<T> = T | typeof BACK | typeof CANCEL;

/** What questions in a row have in common. */
export interface Place {
  readonly title: string;
  /** From 1. */
  readonly step: number;
  readonly totalSteps: number;
}

export interface Choice<T> extends vscode.QuickPickItem {
  readonly value: T;
}

/** A list to choose from, with a back button after the first step. */
export function askChoice<T>(place: Place, placeholder: string, choices: readonly Choice<T>[]): Promise<Answer<T>> {
  const pick = vscode.window.createQuickPick<Choice<T>>();
  pick.placeholder = placeholder;
  pick.items = choices;
  pick.matchOnDescription = true;
  return ask(pick, place, [], () => pick.selectedItems[0]?.value);
}

export interface TextQuestion {
  readonly prompt: string;
  readonly placeholder?: string;
  readonly value?: string;
  readonly password?: boolean;
  /** Shown at once, until the user types: why the last answer was no good. */
  readonly problem?: string | null;
  /** A page that helps to answer, behind a button. */
  readonly link?: { readonly label: string; readonly url: string };
  /** What is wrong with a trimmed answer; null: nothing. */
  validate(text: string): string | null;
}

/** A line of text, trimmed. Stays open when the user looks something up in another window. */
export function askText(place: Place, question: TextQuestion): Promise<Answer<string>> {
  const box = vscode.window.createInputBox();
  box.prompt = question.prompt;
  box.placeholder = question.placeholder ?? '';
  box.value = question.value ?? '';
  box.password = question.password ?? false;
  box.validationMessage = question.problem == null ? undefined : plainText(question.problem);
  const { link } = question;
  const buttons = link === undefined ? [] : [{ iconPath: new vscode.ThemeIcon('link-external'), tooltip: link.label }];
  const typing = box.onDidChangeValue(() => {
    box.validationMessage = undefined;
  });
  const helping = box.onDidTriggerButton(button => {
    if (link !== undefined && button === buttons[0]) void vscode.env.openExternal(vscode.Uri.parse(link.url, true));
  });
  return ask(box, place, buttons, () => {
    const text = box.value.trim();
    const problem = question.validate(text);
    if (problem === null) return text;
    box.validationMessage = problem;
    return undefined;
  }).finally(() => {
    typing.dispose();
    helping.dispose();
  });
}

/** @param accept the answer at the moment of Enter; undefined: not yet. */
function ask<T>(
  input: vscode.QuickPick<Choice<T>> | vscode.InputBox, place: Place, buttons: readonly vscode.QuickInputButton[], accept: () => T | undefined,
): Promise<Answer<T>> {
  input.title = place.title;
  input.ignoreFocusOut = true;
  if (place.totalSteps > 1) {
    input.step = place.step;
    input.totalSteps = place.totalSteps;
  }
  input.buttons = [...(place.step > 1 ? [vscode.QuickInputButtons.Back] : []), ...buttons];
  return new Promise<Answer<T>>(resolve => {
    input.onDidAccept(() => {
      const answer = accept();
      if (answer !== undefined) resolve(answer);
    });
    input.onDidTriggerButton(button => {
      if (button === vscode.QuickInputButtons.Back) resolve(BACK);
    });
    input.onDidHide(() => resolve(CANCEL));
    input.show();
  }).finally(() => input.dispose());
}

/**
 * Questions in a row, from the index `from`. Back from the first one is BACK, and is for the caller to follow.
 */
export async function runSteps(steps: readonly (() => Promise<Answer<'next'>>)[], from = 0): Promise<Answer<'done'>> {
  for (let i = from; i < steps.length;) {
    const answer = await steps[i]?.();
    if (answer === CANCEL) return CANCEL;
    if (answer === BACK && i === 0) return BACK;
    i += answer === BACK ? -1 : 1;
  }
  return 'done';
}
