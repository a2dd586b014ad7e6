import assert from 'node:assert/strict';
import { statusText } from '../../src/core/statusText';
import { escapeText, tooltipHtml } from '../../src/core/tooltip';
import type { AccountView, Figure, Snapshot } from '../../src/core/snapshot';
import { HOUR_MS } from '../../src/core/time';
import { SAMPLE_NOW, SAMPLE_ZONE, sampleAccount, sampleFigure, sampleMeter, sampleProviders, sampleSparkline } from '../support/sampleSnapshot';

const commands = { refresh: 'x.refresh', openDashboard: 'x.open', addAccount: 'x.add', setPrices: 'x.prices' };
const wording = { locale: 'en-US', percent: 'used', now: SAMPLE_NOW, zone: SAMPLE_ZONE } as const;
const running = { state: 'running', message: null } as const;
const snapshotOf = (...accounts: readonly AccountView[]): Snapshot => ({
  madeAt: SAMPLE_NOW, zone: SAMPLE_ZONE, warningRatio: 0.7, criticalRatio: 0.9, providers: [...sampleProviders], accounts: [...accounts], storeWarning: null, priceDate: '2026-09-23',
});
/** As a reader sees it: character references decoded, spaces as one kind, a bar between cells, what is strong between asterisks. */
const plain = (html: string): string => html.replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code))).replace(/<\/?strong>/g, '**').replace(/<\/t[dr]>/g, ' | ').replace(/\u00a0+/g, ' ').replace(/<t[dr]>/g, '').replace(/ +\|/g, ' |').replace(/\| +/g, '| ');
const tooltip = (...accounts: readonly AccountView[]): string => tooltipHtml(snapshotOf(...accounts), running, commands, wording);

const NASTY = [
  '](command:workbench.action.terminal.new)', '[x](command:evil)', '<img src=x onerror=alert(1)>', '<a href="command:evil">x</a>', 'a|b|c', 'a\nb\r\n\n# c', '$(trash)',
  '**bold** _it_ `code` ~~x~~', '&lt;b&gt; &#60;b&#62;', 'https://evil.example www.evil.example me@evil.example', '<!-- -->', '![x](https://evil.example/p.png)', '\\', 'abc\u202edcba',
];

describe('escapeText', () => {
  for (const text of NASTY) {
    it(`leaves nothing but letters, digits, spaces and references of ${JSON.stringify(text)}`, () => {
      assert.match(escapeText(text), /^(?:[\p{L}\p{N} ]|&#\d+;)*$/u);
    });
  }
  it('keeps what a reader sees', () => {
    assert.equal(plain(escapeText('Größe (a|b) <c> $(x)')), 'Größe (a|b) <c> $(x)');
    assert.equal(escapeText('a\u202eb\nc'), 'a b c');
  });
});

describe('tooltip', () => {
  it('says of figures from logs that they are not all yet', () => {
    const unread = { readShare: 0.4, stopped: false };
    assert.match(plain(tooltip(sampleAccount({ id: 'a', month: sampleFigure(), unread }))), /being read, 40% done: what is shown is not all yet/);
  });

  it('R43, R53: tells name, percent used, reset, costs of today and month with their zones, and age in the row of an account', () => {
    const row = plain(tooltip(sampleAccount({
      id: 'claude-1', alias: 'Claude (work)', plan: 'Max', meters: [sampleMeter(), sampleMeter({ id: 'weekly', label: 'Weekly window', ratio: 0.17, resetsAt: SAMPLE_NOW + 75 * HOUR_MS })], sparkline: sampleSparkline(),
      today: sampleFigure({ costKind: 'equivalent' }), month: sampleFigure({ dayZone: 'Europe/Berlin' }),
    })));
    for (const part of ['Claude (work)', 'Max', 'read 2 min ago', '5-hour window', '**42% used**', 'resets in 2 h 10 min (16:15)', 'Weekly window', '**17% used**', 'resets in 3 d 3 h (', 'API equivalent (UTC)', '**$3.21** today', '$3.21 in November 2026 (GMT+1)']) {
      assert.ok(row.includes(part), part);
    }
    assert.equal(row.match(/<img src="data:image\/svg\+xml;base64,/g)?.length, 3);
  });

  it('lets no text from outside add a row, a link, a picture, an icon or a tag', () => {
    for (const text of NASTY) {
      const figure = sampleFigure({ costs: [], unpriced: [{ model: text, tokens: 1 }] });
      const account = (words: string): AccountView => sampleAccount({
        id: 'claude-1', alias: words, plan: words, meters: [sampleMeter({ label: words })], today: { ...figure, unpriced: [{ model: words, tokens: 1 }] },
        sparkline: sampleSparkline({ label: words }), failure: { kind: 'internal', message: words, at: 0, retryAt: null },
      });
      // The same shape as with a harmless word, once references, letters and digits are taken away.
      const shape = (html: string): string => html.replace(/&#\d+;|[\p{L}\p{N} ]/gu, '');
      assert.equal(shape(tooltip(account(text))), shape(tooltip(account('word'))), text);
    }
  });

  it('R11: links to the prices where tokens have none, and only there', () => {
    const month = sampleFigure({ costKind: 'equivalent', unpriced: [{ model: 'model-x', tokens: 903_000 }] });
    assert.match(plain(tooltip(sampleAccount({ id: 'a', month }))), /No price known .*903K tokens.*model-x <a href="command:x\.prices" title="[\w ]+">Set prices<\/a>/);
    assert.ok(!tooltip(sampleAccount({ id: 'a', month: { ...month, unpriced: [] } })).includes('x.prices'));
  });

  it('R43: links to the three commands it was given and to nothing else', () => {
    const links = [...tooltip(sampleAccount({ id: 'a' })).matchAll(/href="([^"]*)/g)].map(([, target]) => target);
    assert.deepEqual(links, ['command:x.refresh', 'command:x.open', 'command:x.add']);
  });

  it('R20: shows a failure in words beside the last good value', () => {
    const row = plain(tooltip(sampleAccount({
      id: 'a', state: 'error', meters: [sampleMeter({ trueAt: SAMPLE_NOW - 3 * HOUR_MS })], takenAt: SAMPLE_NOW - 3 * HOUR_MS,
      failure: { kind: 'rate-limited', message: 'Too many requests.', at: SAMPLE_NOW, retryAt: SAMPLE_NOW + HOUR_MS },
    })));
    for (const part of ['$(circle-slash)', 'Failed', '**42% used**', 'read 3 h ago', 'Too many requests. Next try at 15:05.']) assert.ok(row.includes(part), part);
  });

  it('tells the age of numbers that were old when they were read', () => {
    assert.match(plain(tooltip(sampleAccount({ id: 'a', meters: [sampleMeter({ trueAt: SAMPLE_NOW - 5 * HOUR_MS })] }))), /numbers from 5 h ago/);
    assert.doesNotMatch(plain(tooltip(sampleAccount({ id: 'a', meters: [sampleMeter()] }))), /numbers from/);
  });

  it('draws no bar for a meter without a percent', () => {
    assert.doesNotMatch(tooltip(sampleAccount({ id: 'a', meters: [sampleMeter({ ratio: null }), sampleMeter({ expired: true })] })), /<img/);
  });

  it('tells tokens where no money is known, and no money then', () => {
    const text = plain(tooltip(sampleAccount({ id: 'a', today: sampleFigure({ costs: [], tokens: 0 }), month: sampleFigure({ costs: [], tokens: 1_200_000 }) })));
    assert.match(text, /Tokens \(UTC\) \| \| \*\*0\*\* today \| 1\.2M in November 2026/);
    assert.doesNotMatch(text, /\$\d/);
  });

  it('R7: says of money and of tokens that they are estimated, and of which where only one is', () => {
    const usage = (today: Partial<Figure> | null, month: Partial<Figure> | null): string => plain(tooltip(sampleAccount({
      id: 'a', today: today === null ? null : sampleFigure(today), month: month === null ? null : sampleFigure(month),
    })));
    const guess: Partial<Figure> = { costProvenance: 'estimated' };
    const tokens: Partial<Figure> = { costs: [], tokenProvenance: 'estimated' };
    assert.match(usage(guess, guess), /\*\*\$3\.21\*\* today \| \$3\.21 in November 2026, estimated \|/);
    assert.match(usage(guess, {}), /in November 2026, today estimated \|/);
    assert.match(usage({}, guess), /in November 2026, month estimated \|/);
    assert.match(usage(guess, null), /\*\*\$3\.21\*\* today \| estimated \|/);
    assert.match(usage(tokens, tokens), /Tokens \(UTC\) .* in November 2026, estimated \|/);
    for (const certain of [usage({}, {}), usage({ tokenProvenance: 'estimated' }, {}), usage({ ...guess, costKind: 'equivalent' }, { ...guess, costKind: 'equivalent' })]) {
      assert.doesNotMatch(certain, /estimated/);
    }
  });

  it('R11: names the models that have no price', () => {
    const month = sampleFigure({ costs: [], tokens: null, unpriced: [{ model: 'model-x', tokens: 900_000 }, { model: 'model-y', tokens: 3_000 }] });
    assert.match(plain(tooltip(sampleAccount({ id: 'a', month }))), /No price known \| \| 903K tokens \| model-x, model-y/);
  });

  it('shows fewer meters of each account where there are many accounts, and says so', () => {
    const meters = Array.from({ length: 5 }, () => sampleMeter());
    const bars = (count: number): number => tooltip(...Array.from({ length: count }, (_, i) => sampleAccount({ id: `a${i}`, meters }))).match(/<img/g)?.length ?? 0;
    assert.deepEqual([bars(1), bars(5)], [4, 10]);
    assert.match(plain(tooltip(sampleAccount({ id: 'a', meters }))), /1 more \| \| \| in the dashboard/);
  });

  it('R45: never adds equivalents to money that was spent', () => {
    const text = plain(tooltip(
      sampleAccount({ id: 'a', today: sampleFigure({ costKind: 'equivalent', dayZone: 'Europe/Berlin' }) }),
      sampleAccount({ id: 'd', today: sampleFigure({ costKind: 'equivalent', dayZone: 'Europe/Berlin' }) }),
      sampleAccount({ id: 'b', today: sampleFigure() }), sampleAccount({ id: 'c', today: sampleFigure() }),
    ));
    assert.match(text, /Spent today: \$6\.42 \(UTC\)/);
    assert.match(text, /not money spent\): \$6\.42 \(GMT\+1\)/);
  });

  it('R20: says of the money of today that some of it is the last known', () => {
    const account = (id: string, extra: Partial<AccountView> = {}): AccountView => sampleAccount({ id, today: sampleFigure(), ...extra });
    const old = { state: 'error', takenAt: SAMPLE_NOW - 9 * HOUR_MS } as const;
    assert.match(plain(tooltip(account('a'), account('b', old))), /Spent today: \$6\.42 \(UTC\), some of it last known, 9 h ago/);
    assert.match(plain(tooltip(account('a', old), account('b', old))), /\$6\.42 \(UTC\), all of it last known, 9 h ago/);
    assert.doesNotMatch(plain(tooltip(account('a'), account('b', { state: 'stale' }))), /last known/);
  });

  it('counts the accounts that do not fit', () => {
    const accounts = Array.from({ length: 15 }, (_, i) => sampleAccount({ id: `a${i}` }));
    assert.match(tooltip(...accounts), /3 more in the dashboard/);
  });

  it('stays one block: no text from outside breaks its line', () => {
    const text = tooltip(sampleAccount({ id: 'a', alias: 'a\n\nb', plan: 'c\r\n\r\nd', meters: [sampleMeter({ label: 'e\u2028f' })] }), sampleAccount({ id: 'b' }));
    assert.match(text, /^<p>.*<\/table>$/u); // a dot is no line break
  });

  it('has words for an engine that starts, failed or runs elsewhere, and for no account', () => {
    const text = (snapshot: Snapshot | null, state: 'starting' | 'failed' | 'elsewhere' | 'running'): string =>
      plain(tooltipHtml(snapshot, { state, message: state === 'failed' ? 'Disk full <b>' : null }, commands, wording));
    assert.match(text(null, 'starting'), /is starting/);
    assert.match(text(null, 'failed'), /failed.*Disk full <b>/s);
    assert.match(text(null, 'elsewhere'), /another window/);
    assert.match(text(snapshotOf(), 'running'), /No account yet.*command:x\.add/s);
  });

  it('has the account and the meter that the bar shows, however many come before them', () => {
    const calm = Array.from({ length: 20 }, (_, i) => sampleAccount({ id: `a${i}`, alias: `Calm ${i}`, meters: [sampleMeter()] }));
    const meters = [10, 20, 30, 40, 95].map(used => sampleMeter({ id: `m${used}`, label: `Meter ${used}`, used, ratio: used / 100, level: used > 90 ? 'critical' : 'ok' }));
    const accounts = [...calm, sampleAccount({ id: 'full', alias: 'Full', state: 'critical', meters })];
    const bar = statusText({ snapshot: snapshotOf(...accounts), engine: running, display: wording, bar: { parts: ['accounts'], maxParts: 1 }, now: SAMPLE_NOW });
    assert.match(bar.text, /Full 95% used/);
    for (const shown of [tooltip(...accounts), tooltip(...accounts.slice(-1))].map(plain)) {
      assert.match(shown, /\| \*\*Full\*\* .*\| Meter 10 .*\| Meter 95 \|[^|]*\| \*\*95% used\*\*/);
    }
    assert.match(tooltip(...accounts), /Calm 10.*9 more in the dashboard/);
    assert.doesNotMatch(plain(tooltip(...accounts)), /Calm 11/);
  });
});
