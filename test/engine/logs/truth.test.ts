/** Against generated logs whose true totals are known, 50 sets in `npm test`; the generator lies beside the checkout where there is one. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import type { UsageBucket } from '../../../src/core/reading';
import { ScanThreads } from '../../../src/engine/logs/scanThreads';
import { claude } from '../../../src/providers/claude';
import { codex } from '../../../src/providers/codex';
import type { Provider } from '../../../src/providers/provider';
import { bundle } from '../../support/bundle';
import { TestHome } from './rig';

const generator = path.resolve(__dirname, '../../../../shared/tools/gen-logs.mjs');
const [firstSeed, lastSeed, size] = (process.env['TRUTH_SEEDS'] ?? (process.env['npm_lifecycle_event'] === 'test' ? '1-50-800KB' : '1-6-800KB')).split('-') as [string, string, string];
const PARTS = ['input', 'cacheRead', 'cacheWrite', 'output', 'reasoning', 'messages'] as const;
type Figures = Record<(typeof PARTS)[number], number>;
type ByDayModel = Record<string, Record<string, Figures>>;

function byDayModel(buckets: readonly UsageBucket[]): ByDayModel {
  const days: ByDayModel = {};
  for (const { startAt, model, tokens, requests } of buckets) {
    const sum = ((days[new Date(startAt).toISOString().slice(0, 10)] ??= {})[model ?? ''] ??= { input: 0, cacheRead: 0, cacheWrite: 0, output: 0, reasoning: 0, messages: 0 });
    for (const part of PARTS) sum[part] += (part === 'messages' ? requests : tokens?.[part]) ?? 0;
  }
  return days;
}
const truthOf = (home: TestHome, { info }: Provider): ByDayModel => {
  const truth = JSON.parse(fs.readFileSync(path.join(home.dir, 'truth.json'), 'utf8')) as Record<string, { byDayModel: ByDayModel }>;
  const days = truth[info.id]?.byDayModel ?? {};
  return Object.fromEntries(Object.entries(days).map(([day, models]) => [day, Object.fromEntries(Object.entries(models).map(([model, figures]) =>
    [model, Object.fromEntries(PARTS.map(part => [part, figures[part]])) as Figures]))]));
};
const counted = (buckets: readonly UsageBucket[]): readonly UsageBucket[] => buckets.filter(({ requests }) => requests !== 0);

describe('generated logs with known totals', () => {
  const homes: TestHome[] = [];
  let bundleFile: string;
  before(async function () {
    if (!fs.existsSync(generator)) this.skip();
    bundleFile = await bundle('src/engine/logs/scanThread.ts', 'scanThread');
  });
  after(() => homes.forEach(home => home.remove()));

  function generate(seed: number): TestHome {
    const home = new TestHome();
    homes.push(home);
    execFileSync(process.execPath, [generator, '--out', home.dir, '--size', size, '--seed', String(seed), '--codex-share', '0.4', '--quiet']);
    return home;
  }

  for (let seed = Number(firstSeed); seed <= Number(lastSeed); seed++) {
    it(`R1-R5: seed ${seed}: counts to the token by day and model, at once, by several threads, and in pieces with restarts between`, async function () {
      this.timeout(120_000);
      const home = generate(seed);
      const files = fs.readdirSync(home.dir, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.jsonl'));
      for (const provider of [claude, codex]) {
        const cold = counted((await home.scan(provider)).report.buckets);
        assert.deepEqual(byDayModel(cold), truthOf(home, provider));
        for (const count of [2, 4]) {
          const threads = new ScanThreads({ bundle: bundleFile, count, background: true, bytesPerThread: 1 });
          const { report } = await home.scan(provider, { help: { threads, providerId: provider.info.id } });
          assert.deepEqual(counted(report.buckets), cold, `${count} threads`);
        }
        assert.deepEqual(await inPieces(home, files.filter(file => file.startsWith(`.${provider.info.id}`)), provider, seed), cold);
      }
    });
  }

  /** Each file grows to its whole in five steps cut anywhere, in another order each time, with a new scanner for each. */
  async function inPieces(home: TestHome, files: readonly string[], provider: Provider, seed: number): Promise<readonly UsageBucket[]> {
    const grown = new TestHome();
    homes.push(grown);
    const steps = fc.sample(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 }), { seed, numRuns: files.length }).map(cuts => [...cuts.sort((a, b) => a - b), 1]);
    let buckets: readonly UsageBucket[] = [];
    for (let step = 0; step < 5; step++) {
      files.forEach((file, i) => {
        const bytes = fs.readFileSync(path.join(home.dir, file));
        const have = fs.existsSync(path.join(grown.dir, file)) ? fs.statSync(path.join(grown.dir, file)).size : 0;
        const to = Math.floor(bytes.length * (steps[i]?.[step] ?? 1));
        if (have === 0) grown.write(file, bytes.subarray(0, to));
        else grown.append(file, bytes.subarray(have, to));
      });
      buckets = (await grown.scan(provider, { stateDir: grown.stateDir })).report.buckets;
    }
    return counted(buckets);
  }

  it('counts appended responses, with and without a newline', async () => {
    const home = generate(77);
    const append = (provider: Provider, ...rest: string[]): void =>
      void execFileSync(process.execPath, [generator, 'append', '--out', home.dir, '--provider', provider.info.id, '--quiet', ...rest]);
    for (const provider of [claude, codex]) {
      const check = async (): Promise<void> =>
        assert.deepEqual(byDayModel(counted((await home.scan(provider, { stateDir: path.join(home.stateDir, provider.info.id) })).report.buckets)), truthOf(home, provider));
      await check();
      append(provider, '--n', '3');
      await check();
      append(provider, '--n', '2', '--final-newline', '0');
      await check();
      const { appendTarget } = JSON.parse(fs.readFileSync(path.join(home.dir, 'truth.json'), 'utf8')) as { appendTarget: Record<string, { rel: string }> };
      home.append(appendTarget[provider.info.id]?.rel ?? '', '\n');
      await check();
    }
  });
});
