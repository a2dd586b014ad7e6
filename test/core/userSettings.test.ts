import assert from 'node:assert/strict';
import { defaultStatusBarSettings } from '../../src/core/barSettings';
import { defaultDisplaySettings, defaultEngineSettings, EngineSettings } from '../../src/core/settings';
import { readUserSettings } from '../../src/core/userSettings';
import packageJson from '../../package.json';

const read = (values: Readonly<Record<string, unknown>>) => readUserSettings({ get: name => values[name], locale: 'en-US', zone: 'Europe/Berlin' });
const contributed = Object.assign({}, ...packageJson.contributes.configuration.map(({ properties }) => properties)) as Record<string, { default: unknown; scope: string }>;

describe('readUserSettings', () => {
  const defaults = { engine: { ...defaultEngineSettings, zone: 'Europe/Berlin' }, display: defaultDisplaySettings, statusBar: defaultStatusBarSettings };

  it('has the defaults of the core when nothing is set', () => assert.deepEqual(read({}), { problems: [], settings: defaults }));

  it('R11: reads prices and other names of models, whatever their case', () => {
    const { settings, problems } = read({
      'quotaMonitor.prices': { 'Model-X (fast)': { input: 3, output: 15.5, cacheRead: 0, from: '2026-10-31' } }, 'quotaMonitor.modelAliases': { ' My-Proxy ': 'GPT-9' },
    });
    assert.deepEqual([settings.engine.prices, settings.engine.modelAliases, problems], [{ 'model-x (fast)': { input: 3, output: 15.5, cacheRead: 0, from: '2026-10-31' } }, { 'my-proxy': 'gpt-9' }, []]);
    assert.equal(EngineSettings.safeParse(settings.engine).success, true);
  });

  it('R50: reads clients with their folders, and leaves a bad one out by its place', () => {
    const acme = { name: 'Acme', projects: ['/work/acme', '/mono/**/acme-*'] };
    const { settings, problems } = read({ 'quotaMonitor.clients': [acme, { name: '', projects: ['/x'] }, { name: 'x', projects: [], folder: 1 }, 'x'] });
    assert.deepEqual(settings.engine.clients, [acme]);
    assert.deepEqual(problems.map(problem => /has a (.*): it/.exec(problem)?.[1]), ['2nd entry that cannot be used (name)', '3rd entry that cannot be used (projects, folder)', '4th entry that cannot be used (its value)']);
  });

  for (const [what, name, value, fields] of [
    ['no output', 'prices', { input: 1 }, 'output'], ['a negative price', 'prices', { input: -1, output: 1 }, 'input'], ['a misspelled part', 'prices', { input: 1, output: 1, cacheread: 1 }, 'cacheread'],
    ['a day that is none', 'prices', { input: 1, output: 1, from: '2026-02-30' }, 'from'], ['no prices', 'prices', 3, 'its value'], ['no name', 'modelAliases', '', 'its value'],
    ['no folders', 'logFolders', '/x', 'its value'], ['a relative folder', 'logFolders', ['/x', '../y'], '1'],
  ] as const) {
    it(`leaves an entry with ${what} out, says which and what of it, and keeps the others`, () => {
      const good = { prices: { input: 1, output: 2 }, modelAliases: 'gpt-9', logFolders: ['/x', 'C:\\x', '\\\\wsl$\\Debian\\home'] }[name];
      const { settings, problems } = read({ [`quotaMonitor.${name}`]: { 'bad-one': value, 'good': good } });
      assert.deepEqual(settings.engine[name], { good });
      assert.deepEqual(problems, [`The setting quotaMonitor.${name} has an entry "bad-one" that cannot be used (${fields}): it is left out.`]);
    });
  }

  it('finds the same defaults in package.json', () => {
    assert.deepEqual(read(Object.fromEntries(Object.entries(contributed).map(([name, setting]) => [name, setting.default]))), { problems: [], settings: defaults });
  });

  it('reads every setting that package.json contributes, and no other of our own', () => {
    const asked = new Set<string>();
    readUserSettings({ get: name => void asked.add(name), locale: 'en-US', zone: 'UTC' });
    assert.deepEqual([...asked].filter(name => name.startsWith('quotaMonitor.')).sort(), Object.keys(contributed).sort());
  });

  it('lets no workspace change what is read, kept, polled or warned about', () => {
    const open = Object.entries(contributed).filter(([, { scope }]) => scope !== 'application').map(([name]) => name);
    assert.deepEqual(open.sort(), ['percent', 'statusBar.alignment', 'statusBar.maxParts', 'statusBar.parts', 'statusBar.show'].map(name => `quotaMonitor.${name}`));
  });

  for (const [name, value] of [
    ['quotaMonitor.statusBar.show', 'yes'], ['quotaMonitor.statusBar.parts', [1]], ['quotaMonitor.statusBar.parts', Array.from({ length: 21 }, () => 'x')],
    ['quotaMonitor.statusBar.maxParts', 0], ['quotaMonitor.statusBar.maxParts', 1.5], ['quotaMonitor.statusBar.alignment', 'top'], ['quotaMonitor.percent', 'both'],
    ['quotaMonitor.zone', 'Europe/Berlin'], ['quotaMonitor.warningPercent', 0], ['quotaMonitor.criticalPercent', 101], ['quotaMonitor.notifyAt', [80, -1]],
    ['quotaMonitor.notifyAt', [1, 2, 3, 4, 5, 6]], ['quotaMonitor.sources.standing', 'any'], ['quotaMonitor.pollInterval', 0.5], ['quotaMonitor.pollInterval', Number.NaN],
    ['quotaMonitor.clients', {}], ['quotaMonitor.clients', [1]], ['quotaMonitor.prices', []], ['quotaMonitor.modelAliases', 'x'], ['quotaMonitor.prices', { '': { input: 1, output: 1 } }], ['quotaMonitor.retentionDays', 29], ['quotaMonitor.scanThreads', 1.5], ['http.noProxy', 'x'], ['http.proxyStrictSSL', 1], ['http.proxySupport', true],
    ['quotaMonitor.otlp.enabled', 'yes'], ['quotaMonitor.otlp.port', 80], ['quotaMonitor.otlp.port', 0],
  ] as const) {
    it(`uses the default of ${name} for ${JSON.stringify(value).slice(0, 40)}, and says so`, () => {
      const { settings, problems } = read({ [name]: value });
      assert.deepEqual(settings, defaults);
      assert.equal(problems.length, 1);
      assert.match(problems[0] ?? '', new RegExp(name.replace('.', '\\.')));
    });
  }

  for (const [what, value, kept] of [
    ['of another kind', 'socks5://proxy.example:1080', 'socks5://proxy.example:1080'], ['without http://', 'proxy.example:8080', 'proxy.example:8080'], ['that is no address', 'not a url', 'not a url'],
    ['that is too long', `http://${'a'.repeat(500)}`, 'no address'], ['that is no text', 8080, 'no address'],
  ] as const) {
    it(`keeps a proxy ${what}, for the engine to refuse, and says so: nothing is sent past it`, () => {
      const { settings, problems } = read({ 'http.proxy': value });
      assert.deepEqual(settings, { ...defaults, engine: { ...defaults.engine, proxy: kept } });
      assert.deepEqual(problems, ['The setting http.proxy is not an address that begins with http:// or https://: what would go through it is not sent.']);
      assert.equal(EngineSettings.safeParse(settings.engine).success, true);
    });
  }

  it('names no proxy where there is none', () => {
    for (const value of ['', null, undefined]) assert.deepEqual(read({ 'http.proxy': value }), { settings: defaults, problems: [] });
  });

  it('R33: has no setting for a secret', () => {
    assert.deepEqual(Object.keys(contributed).filter(name => /key|token|secret|password|cookie|credential/i.test(name)), []);
  });

  it('R33: repeats no value in a problem: a proxy may hold a password', () => {
    assert.doesNotMatch(read({ 'http.proxy': 'ftp://me:hunter2@proxy' }).problems.join(), /hunter2/);
  });

  it('takes what the proxy wants to know, and repeats none of it in a problem', () => {
    assert.equal(read({ 'http.proxyAuthorization': 'Basic bWU6aHVudGVyMg==' }).settings.engine.proxyAuthorization, 'Basic bWU6aHVudGVyMg==');
    for (const none of [null, undefined, '']) assert.deepEqual(read({ 'http.proxyAuthorization': none }), { settings: defaults, problems: [] });
    const { settings, problems } = read({ 'http.proxyAuthorization': 'Basic hunter2\r\nX-Other: 1' });
    assert.equal(settings.engine.proxyAuthorization, null);
    assert.match(problems.join(), /http\.proxyAuthorization/);
    assert.doesNotMatch(problems.join(), /hunter2/);
  });

  it('goes past every proxy where http.proxySupport is off, also one of the environment', () => {
    assert.deepEqual(read({ 'http.proxySupport': 'off', 'http.noProxy': ['a.example'] }).settings.engine.noProxy, ['*']);
    for (const on of ['on', 'fallback', 'override']) assert.deepEqual(read({ 'http.proxySupport': on, 'http.noProxy': ['a.example'] }).settings.engine.noProxy, ['a.example']);
  });

  it('R47: takes thresholds of the user\'s own, for colours and for notices, turns them into ratios and sorts them', () => {
    const { engine } = read({ 'quotaMonitor.warningPercent': 60, 'quotaMonitor.criticalPercent': 85, 'quotaMonitor.notifyAt': [95, 50] }).settings;
    assert.deepEqual([engine.warningRatio, engine.criticalRatio, engine.notifyRatios], [0.6, 0.85, [0.5, 0.95]]);
  });

  it('names a port for telemetry only when it is turned on', () => {
    assert.equal(read({ 'quotaMonitor.otlp.port': 5000 }).settings.engine.otlpPort, null);
    assert.equal(read({ 'quotaMonitor.otlp.enabled': true }).settings.engine.otlpPort, 4318);
    assert.equal(read({ 'quotaMonitor.otlp.enabled': true, 'quotaMonitor.otlp.port': 5000 }).settings.engine.otlpPort, 5000);
  });

  it('refuses a warning above critical', () => {
    const { settings, problems } = read({ 'quotaMonitor.warningPercent': 95 });
    assert.deepEqual([settings, problems.length], [defaults, 1]);
  });

  it('takes null for ever and for the own pace, UTC days and a proxy', () => {
    const { engine } = read({ 'quotaMonitor.retentionDays': null, 'quotaMonitor.pollInterval': null, 'quotaMonitor.zone': 'utc', 'http.proxy': 'http://proxy.example:3128' }).settings;
    assert.deepEqual([engine.retentionDays, engine.intervalMinutes, engine.zone, engine.proxy], [null, null, 'UTC', 'http://proxy.example:3128']);
  });

  it('gives nothing that the engine refuses', () => assert.doesNotThrow(() => EngineSettings.parse(read({ 'quotaMonitor.notifyAt': [] }).settings.engine)));
});
