import { aider } from './aider';
import { amp } from './amp';
import { antigravity } from './antigravity';
import { auggie } from './auggie';
import { claudeLogs } from './claude/logs';
import { cline, kiloCode, roo } from './cline';
import { codexLogs } from './codex/logs';
import { continueDev } from './continueDev';
import { copilotChat } from './copilotChat';
import { copilotTraces } from './copilotChat/traces';
import { copilotCli } from './copilotCli';
import { devin } from './devin';
import { droid } from './droid';
import { gemini } from './gemini';
import { goose } from './goose';
import { grok } from './grok';
import { kimi } from './kimi';
import type { LogSource } from './logSource';
import { kilo, mimo, openCode } from './openCode';
import { pi } from './pi';
import type { Provider } from './provider';
import { qwen } from './qwen';
import { telemetryProviders } from './telemetry';
import { zed } from './zed';

/** Providers of which nothing but their local logs is known. */
export const localTools: readonly Provider[] = [
  gemini, qwen, copilotChat, cline, roo, kiloCode, kimi, pi, droid, continueDev, grok, aider, amp, auggie,
  copilotCli, openCode, kilo, mimo, goose, zed, devin, antigravity, copilotTraces,
  ...telemetryProviders,
];

/** What counting logs needs of a provider. */
export interface LogTool { readonly id: string; readonly logs: LogSource; readonly yieldsTo: readonly string[] }

/** All providers with local logs, in the order of the list of providers, apart from what else those know: who only counts loads no more. */
export const logTools: readonly LogTool[] = [
  { id: 'claude', logs: claudeLogs, yieldsTo: [] },
  { id: 'codex', logs: codexLogs, yieldsTo: [] },
  ...localTools.flatMap(({ info: { id }, logs, yieldsTo = [] }) => (logs === undefined ? [] : [{ id, logs, yieldsTo }])),
];
