import assert from 'node:assert/strict';
import { barPicture, sparklinePath, sparklinePicture } from '../../src/core/svg';

const decode = (uri: string): string => Buffer.from(uri.replace('data:image/svg+xml;base64,', ''), 'base64').toString();

describe('sparklinePath', () => {
  it('scales from zero to the largest value', () => assert.equal(sparklinePath([0, 5, 10], 100, 20), 'M0 20L50 10L100 0'));
  it('leaves a gap where nothing is known, and draws a lone value as a dot', () => {
    assert.equal(sparklinePath([1, 2, null, 2, null, null, 1], 60, 20), 'M0 10L10 0M30 0h0M60 10h0');
  });
  it('keeps a zero on the ground instead of leaving a gap', () => assert.equal(sparklinePath([0, 0], 10, 10), 'M0 10L10 10'));
  it('draws nothing when nothing is known', () => {
    assert.equal(sparklinePath([null, null], 10, 10), '');
    assert.equal(sparklinePath([], 10, 10), '');
  });
  it('scales to a given maximum and stays in the box', () => assert.equal(sparklinePath([0.5, 2, -1], 10, 10, 1), 'M0 5L5 0L10 10'));
  it('puts a single value at the left', () => assert.equal(sparklinePath([3], 10, 10), 'M0 0h0'));
});

describe('pictures', () => {
  it('fills a bar to its ratio and not beyond', () => {
    assert.match(decode(barPicture(0.5, 'ok', 102, 8)), /width="50"/);
    assert.match(decode(barPicture(7, 'critical', 102, 8)), /width="100"/);
  });
  it('draws a sparkline, or none for less than two values', () => {
    assert.match(decode(sparklinePicture([1, 2]) ?? ''), /<path [^>]*d="M0 10L92 0"/);
    assert.equal(sparklinePicture([null, 3, null]), null);
  });
});
