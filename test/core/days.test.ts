import assert from 'node:assert/strict';
import { addDays, daySpan, knownZone, localZone, monthSpan, startOfDay } from '../../src/core/days';
import { dayOf } from '../../src/core/format';
import { defaultEngineSettings, EngineSettings } from '../../src/core/settings';
import { HOUR_MS } from '../../src/core/time';

const ZONES = ['UTC', 'America/Los_Angeles', 'Pacific/Auckland', 'Asia/Kolkata', 'Africa/Cairo', 'America/Havana', 'Asia/Beirut', 'Pacific/Apia'];

describe('days', () => {
  for (const zone of ZONES) {
    it(`begins every day of 2026 in ${zone} at its first instant`, () => {
      for (let day = '2026-01-01'; day < '2027-01-01'; day = addDays(day, 1)) {
        const at = startOfDay(day, zone);
        assert.equal(dayOf(at, zone), day);
        assert.ok(dayOf(at - 1, zone) < day, `${day} began before`);
      }
    });
  }

  it('gives days of 23 and 25 hours where summer time begins and ends', () => {
    const hours = (day: string, zone: string) => { const { fromAt, toAt } = daySpan(day, zone); return (toAt - fromAt) / HOUR_MS; };
    assert.equal(hours('2026-03-08', 'America/Los_Angeles'), 23);
    assert.equal(hours('2026-11-01', 'America/Los_Angeles'), 25);
    assert.equal(hours('2026-06-15', 'America/Los_Angeles'), 24);
  });

  it('begins a day at one o\'clock where summer time begins at midnight', () => {
    assert.equal(startOfDay('2026-04-24', 'Africa/Cairo'), Date.UTC(2026, 3, 23, 22));
    assert.equal(daySpan('2026-04-24', 'Africa/Cairo').toAt, Date.UTC(2026, 3, 24, 21));
  });

  it('R17: keeps the month in zones behind and ahead of UTC', () => {
    assert.deepEqual(monthSpan('2026-10-01', 'America/Los_Angeles'), { fromAt: Date.UTC(2026, 9, 1, 7), toAt: Date.UTC(2026, 10, 1, 7) });
    assert.deepEqual(monthSpan('2026-12-31', 'Pacific/Auckland'), { fromAt: Date.UTC(2026, 10, 30, 11), toAt: Date.UTC(2026, 11, 31, 11) });
    assert.deepEqual(monthSpan('2026-02-28', 'UTC'), { fromAt: Date.UTC(2026, 1, 1), toAt: Date.UTC(2026, 2, 1) });
  });

  it('takes UTC for a zone that nobody knows', () => {
    assert.equal(knownZone('Mars/Olympus'), 'UTC');
    assert.equal(knownZone('Europe/Berlin'), 'Europe/Berlin');
  });

  describe('of this machine', () => {
    const zone = process.env['TZ'];
    afterEach(() => {
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
    });

    for (const [told, own, known] of [['Europe/Berlin', 'Europe/Berlin', 'Europe/Berlin'], [':/etc/localtime', 'Etc/Unknown', 'UTC'], ['', 'Etc/Unknown', 'UTC'], ['No/Where', 'Etc/Unknown', 'UTC']] as const) {
      it(`are those of ${known} with TZ=${told}, which the settings can hold`, () => {
        process.env['TZ'] = told;
        assert.deepEqual([localZone(), knownZone(localZone())], [own, known]);
        assert.equal(EngineSettings.safeParse({ ...defaultEngineSettings, zone: localZone() }).success, true);
      });
    }
  });
});
