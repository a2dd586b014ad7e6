import { aider } from './aider';
import { amp } from './amp';
import { anthropic } from './anthropic';
import { antigravity } from './antigravity';
import { auggie } from './auggie';
import { claude } from './claude';
import { cline, kiloCode, roo } from './cline';
import { codex } from './codex';
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
import { kilo, mimo, openCode } from './openCode';
import { openai } from './openai';
import { openrouter } from './openrouter';
import { pi } from './pi';
import type { Provider } from './provider';
import { qwen } from './qwen';
import { telemetryProviders } from './telemetry';
import { zed } from './zed';

/** Every provider there is. Settings, dashboard, status bar and walkthrough learn of providers from this list alone. */
export const providers: readonly Provider[] = [
  claude, codex, openai, anthropic, openrouter,
  gemini, qwen, copilotChat, cline, roo, kiloCode, kimi, pi, droid, continueDev, grok, aider, amp, auggie,
  copilotCli, openCode, kilo, mimo, goose, zed, devin, antigravity, copilotTraces,
  ...telemetryProviders,
];
