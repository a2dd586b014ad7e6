/** The one place that shows notifications and questions. */
import { window } from 'vscode';

/**
 * A notification draws "[label](address)" as a link, and an address may be a command. What it quotes comes from others, such as the names
 * in a file that is imported: none of that becomes a link.
 */
export const plainText = (message: string): string => message.replaceAll('](', '] (');

/** @returns the button that was chosen; undefined: none. */
type Notify = (message: string, ...buttons: readonly string[]) => Thenable<string | undefined>;

export const inform: Notify = (message, ...buttons) => window.showInformationMessage(plainText(message), ...buttons);
export const warn: Notify = (message, ...buttons) => window.showWarningMessage(plainText(message), ...buttons);
export const fail: Notify = (message, ...buttons) => window.showErrorMessage(plainText(message), ...buttons);

/** A modal question, whose text is shown as it is. @returns the button that was chosen; undefined: cancelled. */
export const ask = (message: string, detail: string, ...buttons: readonly string[]): Thenable<string | undefined> => window.showWarningMessage(message, { modal: true, detail }, ...buttons);
