import { anthropic } from './anthropic';
import { claude } from './claude';
import { codex } from './codex';
import { gemini } from './gemini';
import { openai } from './openai';
import { openrouter } from './openrouter';
import type { Provider } from './provider';
import { qwen } from './qwen';

/** Every provider there is. Settings, dashboard, status bar and walkthrough learn of providers from this list alone. */
export const providers: readonly Provider[] = [claude, codex, openai, anthropic, openrouter, gemini, qwen];
