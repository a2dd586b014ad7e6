/**
 * Paint and refresh of the dashboard, in ratios within this run: against the same page with an empty body, and against a page that draws
 * its sparklines with Chart.js (goals P22-P24). Run it with `npx tsx test/bench/webview.ts`; it asserts nothing.
 */
import { build } from 'esbuild';
import { dashboardHtml } from '../../src/host/dashboardHtml';
import { DashboardRig } from '../support/dashboardRig';
import { manyAccounts, sampleSnapshot, sampleSparkline, sampleState } from '../support/sampleSnapshot';

const PAIRS = 9;
const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

interface Taken { readonly drawn: number; readonly all: number; readonly script: number; readonly update: number }

/** From the navigation to the first picture and to the last card, ms; script time, ms; and one refresh, ms of script and layout. */
async function take(rig: DashboardRig, address: string, first: string, last: string, state: unknown): Promise<Taken> {
  const page = await rig.newPage({ height: 1200 });
  await page.addInitScript({ content: `window.hostReceives = () => {};
    const when = there => new Promise(resolve => {
      const look = () => { if (document.readyState !== 'loading' && there()) requestAnimationFrame(() => { const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => resolve(performance.now()); port2.postMessage(0); }); else requestAnimationFrame(look); };
      look(); });
    window.drawn = Promise.all([when(() => ${first}), when(() => ${last})]);` });
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  await page.goto(address);
  const [drawn, all] = await page.evaluate(() => (window as unknown as { drawn: Promise<[number, number]> }).drawn);
  const { metrics } = await session.send('Performance.getMetrics');
  const script = (metrics.find(({ name }) => name === 'ScriptDuration')?.value ?? NaN) * 1000;
  const update = await page.evaluate(async data => {
    const start = performance.now();
    const refresh = (window as unknown as { refresh?: () => void }).refresh;
    if (refresh !== undefined) refresh();
    else window.dispatchEvent(new MessageEvent('message', { data: { type: 'event', name: 'state', data } }));
    await new Promise<void>(resolve => queueMicrotask(() => queueMicrotask(resolve)));
    await (document.querySelector('quota-dashboard') as unknown as { updateComplete?: Promise<boolean> } | null)?.updateComplete;
    document.body.getBoundingClientRect();
    return performance.now() - start;
  }, state);
  await page.context().close();
  return { drawn, all, script, update };
}

/** The page that others make: a canvas per card. */
async function chartPage(rig: DashboardRig, cards: number): Promise<string> {
  const { outputFiles } = await build({
    stdin: { resolveDir: __dirname, contents: `
      import { Chart, LineController, LineElement, PointElement, LinearScale, CategoryScale } from 'chart.js';
      Chart.register(LineController, LineElement, PointElement, LinearScale, CategoryScale);
      const values = seed => Array.from({ length: 24 }, (_, i) => Math.abs(Math.sin(seed + i)));
      const charts = Array.from({ length: ${cards} }, (_, k) => { const box = document.createElement('div'); const canvas = document.createElement('canvas'); box.append(canvas);
        document.body.append(box); return new Chart(canvas, { type: 'line', data: { labels: values(k).map((_, i) => i), datasets: [{ data: values(k) }] },
          options: { animation: false, maintainAspectRatio: false } }); });
      window.refresh = () => charts.forEach((chart, k) => { chart.data.datasets[0].data = values(k + 1); chart.update('none'); });
      window.ready = true;` },
    bundle: true, minify: true, write: false, format: 'esm',
  });
  const script = rig.serve(outputFiles[0]?.text ?? '', `/charts-${cards}.js`, 'text/javascript');
  return rig.serve(`<!DOCTYPE html><html lang="en"><body><script type="module" src="${script}"></script></body></html>`, `/charts-${cards}`);
}

async function measure(rig: DashboardRig, cards: number): Promise<void> {
  const state = sampleState({ snapshot: sampleSnapshot({ accounts: manyAccounts(cards) }) });
  const page = { cspSource: rig.origin, nonce: 'n', scriptUri: `${rig.origin}/main.js` };
  const html = dashboardHtml({ ...page, state });
  const count = "(document.querySelector('quota-dashboard')?.shadowRoot?.querySelectorAll('account-card').length ?? 0)";
  const pages = {
    ours: [rig.serve(html, `/ours-${cards}`), `${count} > 0`, `${count} === ${cards}`],
    empty: [rig.serve(html.replace(/<script[\s\S]*<\/script>\n|<quota-dashboard>.*\n/g, ''), '/empty'), 'true', 'true'],
    charts: [await chartPage(rig, cards), 'window.ready', 'window.ready'],
  } as const;
  const changed = manyAccounts(cards).map((account, i) => ({
    ...account, takenAt: (account.takenAt ?? 0) + 1000, sparkline: sampleSparkline({}, i + 99),
    meters: account.meters.map(meter => ({ ...meter, used: (meter.used ?? 0) + 1, ratio: (meter.ratio ?? 0) + 0.01 })),
  }));
  const later = sampleState({ snapshot: sampleSnapshot({ accounts: changed }) });
  const taken: Record<keyof typeof pages, Taken[]> = { ours: [], empty: [], charts: [] };
  for (let i = 0; i <= PAIRS; i++) {
    for (const name of ['ours', 'empty', 'charts'] as const) {
      const [address, first, last] = pages[name];
      const result = await take(rig, address, first, last, later);
      if (i > 0) taken[name].push(result);
    }
  }
  const ratio = (of: keyof Taken, against: 'empty' | 'charts'): string => {
    const ratios = taken.ours.map((ours, i) => ours[of] / (taken[against][i]?.[of] ?? NaN));
    return `${median(ratios).toFixed(3)} (${Math.min(...ratios).toFixed(3)}-${Math.max(...ratios).toFixed(3)})`;
  };
  const ms = (name: keyof typeof pages, of: keyof Taken): string => median(taken[name].map(each => each[of])).toFixed(1);
  console.log(`${cards} cards, ${PAIRS} rounds, medians`);
  console.log(`  P22 first picture: ${ms('ours', 'drawn')} ms; empty page ${ms('empty', 'drawn')} ms; ratio ${ratio('drawn', 'empty')} (a webview's own start, which a page lacks, lies under both)`);
  console.log(`      last card: ${ms('ours', 'all')} ms; Chart.js ${ms('charts', 'all')} ms; ratio ${ratio('all', 'charts')}`);
  console.log(`  P23 script: ${ms('ours', 'script')} ms; Chart.js ${ms('charts', 'script')} ms; ratio ${ratio('script', 'charts')}`);
  console.log(`  P24 refresh: ${ms('ours', 'update')} ms; Chart.js ${ms('charts', 'update')} ms; ratio ${ratio('update', 'charts')}`);
}

async function main(): Promise<void> {
  const rig = new DashboardRig();
  await rig.start();
  for (const [file, bytes] of Object.entries(rig.sizes())) if (file.endsWith('.js')) console.log(`${file}: ${bytes} bytes minified`);
  for (const cards of [20, 50]) await measure(rig, cards);
  await rig.stop();
}
void main();
