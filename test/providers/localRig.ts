/** What the tests of local tools share: files told to a format as the engine does, and whole folders in any order. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import type { DocumentFormat, LineFormat, LogFile, LogResponse, LogSink, LogSource } from '../../src/providers/logSource';
import type { Provider } from '../../src/providers/provider';
import { someFile, type Sum, TestHome, tellLine, total } from '../engine/logs/rig';

export interface Seen extends LogSink { readonly responses: LogResponse[]; readonly totals: LogResponse[]; damagedCount: number }

/** Collects what a parser tells; sightings are none of these tools' business, and replays of few. */
export function seen(replay: LogSink['replay'] = () => assert.fail('a replay')): Seen {
  const sink: Seen = {
    responses: [], totals: [], damagedCount: 0,
    response: event => sink.responses.push(event), running: event => sink.totals.push(event),
    replay, sighting: () => assert.fail('a sighting'), damaged: () => sink.damagedCount++,
  };
  return sink;
}

/** The first form of a source that is told by lines, or as documents. */
export function formatOf<K extends 'lines' | 'document'>({ formats }: LogSource, kind: K): K extends 'lines' ? LineFormat : DocumentFormat {
  const format = formats.find(format => format.kind === kind) ?? assert.fail(`no ${kind}`);
  return format as K extends 'lines' ? LineFormat : DocumentFormat;
}

export const fileAt = (path: string, near: Readonly<Record<string, string>> = {}): LogFile => ({ ...someFile, path, near: name => near[name] ?? null });

/** Tells lines to a parser, which is made anew from its state after each: what it gives must not depend on that, nor a state on the lines after it. */
export function tellLines(source: LogSource, lines: readonly (string | object)[], file: LogFile = someFile, replay?: LogSink['replay']): Seen {
  const format = formatOf(source, 'lines');
  const [sink, restarted] = [seen(replay), seen(replay)];
  const parser = format.parser(undefined, file);
  let other = format.parser(undefined, file);
  for (const line of lines) {
    const text = typeof line === 'string' ? line : JSON.stringify(line);
    assert.ok(format.markers.some(marker => text.includes(marker)) || typeof line !== 'string', `no marker in ${text}`);
    if (!format.markers.some(marker => text.includes(marker))) continue;
    tellLine(format, parser, text, sink);
    const before = other.state();
    const remembered = JSON.stringify(before);
    tellLine(format, other, text, restarted);
    assert.equal(JSON.stringify(before), remembered);
    other = format.parser(JSON.parse(JSON.stringify(other.state() ?? null)) ?? undefined, file);
  }
  assert.deepEqual(restarted.responses, sink.responses);
  return sink;
}

export function tellDocument(source: LogSource, document: unknown, file: LogFile = someFile, state?: unknown): Seen {
  const sink = seen();
  formatOf(source, 'document').read(document, state, file, sink);
  return sink;
}

/** A file as it grows: its contents one after the other, the last one being the whole. */
export interface Growing { readonly file: string; readonly steps: readonly string[] }

/** A log of lines that grows by pieces cut anywhere. */
export function growing(file: string, lines: readonly object[], cuts = 3): Growing {
  const whole = lines.map(line => `${JSON.stringify(line)}\n`).join('');
  return { file, steps: Array.from({ length: cuts }, (_, i) => whole.slice(0, Math.floor(whole.length * (i + 1) / cuts))) };
}

/** Files grow step by step in any order, with a new scanner now and then: the totals are in the end what they are at once. */
export async function holdsInAnyOrder(provider: Provider, files: readonly Growing[], expected: Partial<Sum>): Promise<void> {
  await fc.assert(fc.asyncProperty(fc.array(fc.tuple(fc.nat(), fc.boolean()), { maxLength: 12 }), async turns => {
    const home = new TestHome();
    try {
      const left = files.map(({ file, steps }) => ({ file, steps: [...steps] }));
      const write = ({ file, steps }: { file: string; steps: string[] }): void => {
        const [content] = steps.splice(0, 1);
        if (content !== undefined) home.write(file, content);
      };
      const roots = (): boolean => files.some(({ file }) => fs.existsSync(path.join(home.dir, file)));
      for (const [turn, scan] of turns) {
        const next = left[turn % left.length];
        if (next !== undefined) write(next);
        if (scan && roots()) await home.scan(provider, { stateDir: home.stateDir });
      }
      for (const file of left) while (file.steps.length > 0) write(file);
      const sum = total((await home.scan(provider, { stateDir: home.stateDir })).report);
      assert.deepEqual(Object.fromEntries(Object.keys(expected).map(key => [key, sum[key as keyof Sum]])), expected);
    } finally {
      home.remove();
    }
  }), { numRuns: 15 });
}
