import * as z from 'zod/mini';
import { Frame } from '../core/protocol';
import type { Channel } from './channel';

export interface Method { readonly params: z.core.$ZodType; readonly result: z.core.$ZodType }
export type Methods = Readonly<Record<string, Method>>;
export type Events = Readonly<Record<string, z.core.$ZodType>>;
/** A missing handler does not compile. A handler's error becomes an error reply with its message. */
export type Handlers<M extends Methods> = {
  readonly [K in keyof M & string]: (params: z.output<M[K]['params']>) => Promise<z.output<M[K]['result']>>;
};

/** The other side said no, in a sentence for people; or it is gone. */
export class PeerError extends Error {
  override readonly name = 'PeerError';
}

export interface PeerOptions<Ask extends Methods, Answer extends Methods, Hear extends Events> {
  /** What the other side may be asked. */
  readonly ask: Ask;
  /** What this side answers. */
  readonly answer: Answer;
  readonly handlers: Handlers<Answer>;
  /** The events that the other side tells, and who listens. */
  readonly hear: Hear;
  readonly onEvent: <K extends keyof Hear & string>(name: K, data: z.output<Hear[K]>) => void;
  /** Gets a sentence on each frame that could not be understood; for the log. */
  readonly onRefused: (why: string) => void;
}

/** One end of the protocol over a channel. Whatever comes in is parsed here; nothing that comes in makes it throw. */
export class Peer<Ask extends Methods, Answer extends Methods, Hear extends Events> {
  private readonly pending = new Map<number, { method: keyof Ask & string; resolve: (result: never) => void; reject: (error: Error) => void }>();
  private lastId = 0;
  private closed = false;

  constructor(private readonly channel: Channel, private readonly options: PeerOptions<Ask, Answer, Hear>) {
    channel.onFrame(raw => this.receive(raw));
    channel.onClose(() => this.fail('The other side of the connection is gone.'));
  }

  /** @throws {PeerError} in the promise: refused, an answer of unknown form, or the other side is gone. */
  request<K extends keyof Ask & string>(method: K, params: z.input<Ask[K]['params']>): Promise<z.output<Ask[K]['result']>> {
    if (this.closed) return Promise.reject(new PeerError('The other side of the connection is gone.'));
    const id = ++this.lastId;
    return new Promise((resolve, reject) => {
      this.pending.set(id, { method, resolve, reject });
      try {
        this.channel.send({ type: 'request', id, method, params });
      } catch (error) {
        this.pending.delete(id);
        reject(new PeerError(`The request could not be sent: ${messageOf(error)}`));
      }
    });
  }

  tell(name: string, data: unknown): void {
    if (!this.closed) this.channel.send({ type: 'event', name, data });
  }

  /** Fails what is pending with `reason` and sends nothing more. */
  fail(reason: string): void {
    this.closed = true;
    const pending = [...this.pending.values()];
    this.pending.clear();
    for (const { reject } of pending) reject(new PeerError(reason));
  }

  private receive(raw: unknown): void {
    if (this.closed) return;
    const frame = z.safeParse(Frame, raw);
    if (!frame.success) return this.options.onRefused(`A message of unknown form was dropped: ${fieldsOf(frame.error)}.`);
    const { data } = frame;
    if (data.type === 'request') void this.answer(data.id, data.method, data.params);
    else if (data.type === 'reply') this.settle(data);
    else this.hear(data.name, data.data);
  }

  private async answer(id: number, method: string, params: unknown): Promise<void> {
    let reply: Frame;
    try {
      reply = { type: 'reply', id, ok: true, result: await this.handle(method, params) };
    } catch (error) {
      reply = { type: 'reply', id, ok: false, error: messageOf(error) };
    }
    if (!this.closed) this.channel.send(reply);
  }

  private handle(method: string, params: unknown): Promise<unknown> {
    const known = Object.hasOwn(this.options.answer, method) ? this.options.answer[method] : undefined;
    const handler = (this.options.handlers as Readonly<Record<string, (params: unknown) => Promise<unknown>>>)[method];
    if (known === undefined || handler === undefined) throw new PeerError(`Unknown request "${method.slice(0, 60)}".`);
    const parsed = z.safeParse(known.params, params);
    if (!parsed.success) throw new PeerError(`The request "${method}" has a wrong value in: ${fieldsOf(parsed.error)}.`);
    return handler(parsed.data);
  }

  private settle(reply: Extract<Frame, { type: 'reply' }>): void {
    const waiting = this.pending.get(reply.id);
    if (waiting === undefined) return this.options.onRefused('An answer came to a question that nobody asked.');
    this.pending.delete(reply.id);
    if (!reply.ok) return waiting.reject(new PeerError(reply.error));
    const result = z.safeParse((this.options.ask[waiting.method] as Method).result, reply.result);
    if (result.success) waiting.resolve(result.data as never);
    else waiting.reject(new PeerError(`The answer to "${waiting.method}" has a wrong value in: ${fieldsOf(result.error)}.`));
  }

  private hear(name: string, data: unknown): void {
    const known = Object.hasOwn(this.options.hear, name) ? this.options.hear[name] : undefined;
    if (known === undefined) return this.options.onRefused(`Unknown event "${name.slice(0, 60)}".`);
    const parsed = z.safeParse(known, data);
    if (parsed.success) this.options.onEvent(name, parsed.data as never);
    else this.options.onRefused(`The event "${name}" has a wrong value in: ${fieldsOf(parsed.error)}.`);
  }
}

/** The names of the fields that did not fit; never their values. */
function fieldsOf(error: z.core.$ZodError): string {
  return [...new Set(error.issues.map(issue => issue.path.join('.') || '(the whole)'))].slice(0, 5).join(', ');
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : 'something that is not an error was thrown');
