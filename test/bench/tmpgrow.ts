import { FigureCache } from '../../src/engine/figures';
import { History } from '../../src/engine/history/history';
import { loadSql } from '../../src/engine/history/sql';
import { DAY_MS, MINUTE_MS } from '../../src/core/time';
import { FakeClock } from '../support/fakeClock';
import { account } from '../support/readings';
import { WASM } from '../support/sql';
import { Fleet } from './fleet';
const mb = (n: number): string => (n / 1048576).toFixed(1);
function show(what: string): void { const m = process.memoryUsage(); console.log(what.padEnd(22), 'rss', mb(m.rss), 'heap', mb(m.heapUsed), '/', mb(m.heapTotal), 'ext', mb(m.external), 'ab', mb(m.arrayBuffers)); }
async function main(): Promise<void> {
  const clock = new FakeClock(Date.UTC(2026, 5, 1) + 180 * DAY_MS);
  const fleet = new Fleet(50);
  [...fleet.poll(clock.now())].length = 0;
  globalThis.gc?.(); show('begin');
  const openSql = await loadSql(WASM); show('sql loaded');
  const history = new History({ dir: '/tmp/hist50c', openSql, clock, retentionDays: 180 }); show('opened');
  globalThis.gc?.(); show('opened, gc');
  const figures = new FigureCache(history.sql);
  for (const id of fleet.ids) figures.of(account(id), fleet.reading(id, clock.now()), 'Europe/Berlin', clock.now());
  show('figures');
  history.days.of(180, 'Europe/Berlin', clock.now()); show('days 180');
  globalThis.gc?.(); show('days 180, gc');
  for (let minute = 0; minute < 600; minute++, clock.jump(MINUTE_MS)) {
    for (const [id, reading] of fleet.poll(clock.now())) history.record(id, reading);
    history.flush(); history.maintain();
    if (minute % 5 === 0) { const f = new FigureCache(history.sql); for (const id of fleet.ids) f.of(account(id), fleet.reading(id, clock.now()), 'Europe/Berlin', clock.now()); history.days.of(30, 'Europe/Berlin', clock.now()); }
  }
  show('600 polls'); globalThis.gc?.(); show('600 polls, gc');
  history.checkpoint(); show('checkpoint'); globalThis.gc?.(); show('checkpoint, gc');
  history.checkpoint(); show('checkpoint'); globalThis.gc?.(); show('checkpoint, gc');
  history.close();
}
void main();
