/** What telemetry tells, whichever of its forms it came in. */
import type { EpochMs } from '../../core/time';
import { count } from '../logSource';

export type Signal = 'logs' | 'traces';

/** An event (a log record), or a span that has ended. */
export interface TelemetryItem {
  readonly signal: Signal;
  /** `service.name` of who sends it; null: not told. */
  readonly service: string | null;
  /** Of an event; null: not told, or a text that is no name. */
  readonly name: string | null;
  /** Null: not told, or a time that cannot be. */
  readonly at: EpochMs | null;
  /** The same whenever it is sent again: the ids of a span, the nanoseconds of an event. Not of itself unlike any other event's. */
  readonly key: string;
  /** Of the attributes that mappers ask for; a text is a thousand characters at most. */
  readonly attributes: Attributes;
}

export type Attributes = ReadonlyMap<string, string | number>;

/** As `count` of a log's number, also where an exporter sends numbers as texts. */
export const countOf = (attributes: Attributes, name: string): number => count(numberOf(attributes, name));

/** A number, or a text that is one; undefined: there is none. */
export function numberOf(attributes: Attributes, name: string): number | undefined {
  const value = attributes.get(name);
  if (typeof value !== 'string') return value;
  return /^\d{1,16}(\.\d{1,20})?(e-?\d{1,2})?$/i.test(value) ? Number(value) : NaN;
}

export function textOf(attributes: Attributes, name: string): string | null {
  const value = attributes.get(name);
  return typeof value === 'string' && value !== '' ? value : null;
}

/** The body of an event may be its name, or a text that somebody wrote, which is not for us. */
export const eventName = (value: unknown): string | null => (typeof value === 'string' && /^[\w.-]{1,100}$/.test(value) ? value : null);
