import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod/mini';
import { AccountDraft } from '../../src/core/account';
import { ProviderError } from '../../src/core/errors';
import { noPrices } from '../../src/core/pricing';
import { usedRatio } from '../../src/core/levels';
import type { Reading } from '../../src/core/reading';
import { defaultEngineSettings } from '../../src/core/settings';
import { systemClock, DAY_MS } from '../../src/core/time';
import { createHttp } from '../../src/engine/http/http';
import { Reader } from '../../src/engine/reader';
import { providers } from '../../src/providers';
import { useTempDir } from '../support/tempDir';
import { startDemo } from './demo';

describe('the demo', () => {
  const home = useTempDir();

  it('shows accounts that are well, in warning, critical and in error, and a model without a price', async () => {
    const now = Date.parse('2026-11-22T12:34:56Z');
    const demo = await startDemo({ home: home(), now: () => now });
    const clock = { ...systemClock, now: () => now };
    const http = createHttp({ settings: defaultEngineSettings, clock, userAgent: 'test', env: {} });
    try {
      const file = demo.env['QUOTA_MONITOR_DEMO'] ?? '';
      assert.equal(path.dirname(file), home());
      const accounts = z.array(z.extend(AccountDraft, { secret: z.optional(z.string()) })).parse(JSON.parse(readFileSync(file, 'utf8')));
      const shown = new Map<string, Reading | ProviderError>();
      for (const [i, { secret = null, ...draft }] of accounts.entries()) {
        const reader = new Reader({ clock, http, salt: Buffer.alloc(32), threads: null, watch: null, changed: () => undefined, reading: () => undefined, log: () => undefined, guard: () => undefined, machine: { home: '/nowhere', platform: 'linux', env: {} }, prices: () => noPrices, stateDir: null, zone: () => 'UTC', folders: () => [], earlier: () => [], secret: () => Promise.resolve(secret) });
        const provider = providers.find(({ info }) => info.id === draft.providerId) ?? assert.fail(draft.providerId);
        const read = (await reader.prepare({ provider, account: { id: `a${i}`, createdAt: 0, ...draft } })).run(new AbortController().signal);
        shown.set(draft.alias, await read.catch((error: unknown) => (error instanceof ProviderError ? error : assert.fail(String(error)))));
        reader.dispose();
      }
      const percents = (alias: string) => {
        const reading = shown.get(alias);
        return reading instanceof ProviderError || reading === undefined ? reading?.kind : reading.meters.map(meter => Math.round((usedRatio(meter) ?? NaN) * 100));
      };
      assert.deepEqual([...shown.keys()].map(alias => [alias, percents(alias)]), [
        ['Claude', [46, 39, 69]], ['Codex', [23]], ['OpenAI', [78]], ['Anthropic', []], ['Side project', [94]], ['Team', 'rate-limited'],
      ]);
      const { usage } = shown.get('Claude') as Reading;
      const buckets = usage.flatMap(report => report.buckets);
      assert.ok(buckets.some(({ model }) => model === 'claude-saga-preview'));
      assert.ok(new Set(buckets.map(({ startAt }) => Math.floor(startAt / DAY_MS))).size >= 14);
      assert.ok(buckets.some(({ startAt }) => now - startAt < DAY_MS / 12) && buckets.every(({ startAt }) => startAt < now));
    } finally {
      http.dispose();
      await demo.close();
    }
  });
});
