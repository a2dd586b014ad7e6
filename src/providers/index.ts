import { anthropic } from './anthropic';
import { claude } from './claude';
import { codex } from './codex';
import { localTools } from './logTools';
import { openai } from './openai';
import { openrouter } from './openrouter';
import type { Provider } from './provider';

/** Every provider there is. Settings, dashboard, status bar and walkthrough learn of providers from this list alone. */
export const providers: readonly Provider[] = [claude, codex, openai, anthropic, openrouter, ...localTools];
