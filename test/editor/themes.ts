/** The four kinds of theme, chosen as a user does. */
import type { EditorWindow } from './window';

/** Each kind by its name in pictures: the label in VS Code's list and the class of the workbench while it is on. */
export const themes = {
  'dark': { label: 'Dark Modern', mark: 'vs-dark' },
  'light': { label: 'Light Modern', mark: 'vs' },
  'hc-dark': { label: 'Dark High Contrast', mark: 'hc-black' },
  'hc-light': { label: 'Light High Contrast', mark: 'hc-light' },
} as const;
export type ThemeName = keyof typeof themes;
export const themeNames = Object.keys(themes) as readonly ThemeName[];

/** Chooses a theme and waits until the workbench has it. */
export async function chooseTheme(window: EditorWindow, name: ThemeName): Promise<void> {
  const { label, mark } = themes[name];
  await window.runCommand('Preferences: Color Theme');
  await window.page.locator('.quick-input-widget input:visible').first().fill(label);
  await window.pick(label);
  await window.page.locator(`.monaco-workbench.${mark}`).waitFor();
}
