import assert from 'node:assert/strict';
import { barPicture, sparklinePath, sparklinePicture } from '../../src/core/svg';

const decode = (uri: string): string => Buffer.from(uri.replace('data:image/svg+xml;base64,', ''), 'base64').toString();

const tokens = (values: (number | null)[]) => ({ values, unit: 'tokens' as const });

describe('sparklinePath', () => {
  it('scales from zero to the largest value', () => assert.equal(sparklinePath(tokens([0, 5, 10]), 100, 20), 'M0 20L50 10L100 0'));
  it('leaves a gap where nothing is known, and draws a lone value as a dot', () => {
    assert.equal(sparklinePath(tokens([1, 2, null, 2, null, null, 1]), 60, 20), 'M0 10L10 0M30 0h0M60 10h0');
  });
  it('keeps a zero on the ground instead of leaving a gap', () => assert.equal(sparklinePath(tokens([0, 0]), 10, 10), 'M0 10L10 10'));
  it('draws nothing when nothing is known', () => {
    assert.equal(sparklinePath(tokens([null, null]), 10, 10), '');
    assert.equal(sparklinePath(tokens([]), 10, 10), '');
  });
  it('scales shares to the whole, as the dashboard and the tooltip both do, and to the peak only above it', () => {
    assert.equal(sparklinePath({ values: [0.01, 0.03, -1], unit: 'ratio' }, 10, 100), 'M0 99L5 97L10 100');
    assert.equal(sparklinePath({ values: [0.5, 2], unit: 'ratio' }, 10, 100), 'M0 75L10 0');
    assert.match(decode(sparklinePicture({ values: [0.1, 0.5], unit: 'ratio' }) ?? ''), /d="M0 18L92 10"/);
  });
  it('puts a single value at the left', () => assert.equal(sparklinePath(tokens([3]), 10, 10), 'M0 0h0'));
});

describe('pictures', () => {
  it('fills a bar to its ratio and not beyond', () => {
    assert.match(decode(barPicture(0.5, 'ok', 102, 8)), /width="50"/);
    assert.match(decode(barPicture(7, 'critical', 102, 8)), /width="100"/);
  });
  it('draws a sparkline, or none for less than two values', () => {
    assert.match(decode(sparklinePicture(tokens([1, 2])) ?? ''), /<path [^>]*d="M0 10L92 0"/);
    assert.equal(sparklinePicture(tokens([null, 3, null])), null);
  });
});
