/**
 * What counting logs mostly does without. It comes with the engine's own file when it is asked for, as loading it takes longer than
 * a scan with little that is new.
 */
export { defaultDisplaySettings, defaultEngineSettings } from '../core/settings';
export { readUserSettings } from '../core/userSettings';
export { accountSummary } from '../core/words';
export { readOnce } from '../engine/once';
export { keyName, onceAccounts } from '../engine/onceAccounts';
export { scanTable } from './scanTable';
