import assert from 'node:assert/strict';
import fc from 'fast-check';
import { clientOf, type Client } from '../../src/core/clients';

const clients: readonly Client[] = [
  { name: 'Acme', projects: ['/work/acme', '/mono/**/acme-*'] },
  { name: 'Acme Labs', projects: ['/work/acme/labs/'] },
  { name: 'Box', projects: ['C:\\Work\\Box', '/home/*/box'] },
  { name: 'Narrow', projects: ['/s/x*y*y'] },
  { name: 'Office', projects: ['Default workspace', '**/office'] },
];

describe('clients', () => {
  for (const [project, client] of [
    ['/work/acme', 'Acme'], ['/work/acme/', 'Acme'], ['/work/acme/app/src', 'Acme'], ['/work/acme2', null], ['/work', null], ['/else/work/acme', null],
    ['/work/acme/labs', 'Acme Labs'], ['/work/acme/labs/x', 'Acme Labs'], ['/work/acme/labsx', 'Acme'],
    ['/mono/acme-web', 'Acme'], ['/mono/a/b/acme-web/src', 'Acme'], ['/mono/a/acme', null], ['/mono/a/my-acme-web', null],
    ['c:\\work\\BOX\\app', 'Box'], ['c:/work/box', 'Box'], ['/home/dev/box/x', 'Box'], ['/home/a/b/box', null], ['/Home/dev/box', null],
    ['/s/xyy', 'Narrow'], ['/s/xy', null], ['Default workspace', 'Office'], ['default workspace', null], ['/a/office/b', 'Office'], ['office', 'Office'], [null, null], ['', null],
  ] as const) {
    it(`R50: gives ${JSON.stringify(project)} to ${client ?? 'nobody'}`, () => assert.equal(clientOf(clients, project), client));
  }

  it('takes a name without a star as it is, and one star for any part of a name', () => {
    const name = fc.string({ unit: fc.constantFrom('a', 'b', '.', '-'), maxLength: 8 });
    fc.assert(fc.property(name, name, name, (a, b, c) => {
      const is = (pattern: string, folder: string): boolean => clientOf([{ name: 'x', projects: [`/r/${pattern}`] }], `/r/${folder}/below`) === 'x';
      assert.equal(is(`n${a}`, `n${b}`), a === b);
      assert.equal(is(`${a}*${b}*${c}`, `${a}${b}${c}`), true);
      assert.equal(is(`${a}*${c}`, b), b.length >= a.length + c.length && b.startsWith(a) && b.endsWith(c));
    }));
  });

  it('is quick with patterns that are made to be slow', () => {
    assert.equal(clientOf([{ name: 'x', projects: [`${'**/'.repeat(300)}z`, `/${'*a'.repeat(400)}z`] }], `/${'a/'.repeat(400)}${'a'.repeat(200)}`), null);
  });
});
