/**
 * Antigravity's command line, agy: token counts from its conversations. Experimental: others found out what its bytes mean.
 * Source: local-logs facts B18, read 2026-11-23. Files: <home>/.gemini/antigravity-cli/conversations/<uuid>.db, SQLite databases; a row of
 * `gen_metadata` for each answer, its `data` a message of protocol buffers; `trajectory_metadata_blob` tells when the conversation began.
 * Units:  parts are disjoint: the tokens of the system prompt, of what is new in the prompt, of what the cache had; those of the answer, and
 *         of the thinking, which come on top.
 */
import { DamagedProtobuf, fields, type ProtobufField } from '../core/protobuf';
import { namesOf, toolFolders } from './folders';
import { localTool } from './localTool';
import { count, type LogSource, type LogTables, moment, text } from './logSource';
import { newRows } from './newRows';
import { idOf, tell } from './told';

const ANSWERS = { name: 'gen_metadata', id: 'idx', columns: ['idx', 'data'] } as const;

/** The numbers of fields. */
const CHAT = 1;
const IN_CHAT = { usage: 4, times: 9, model: 19, modelLabel: 21 } as const;
const IN_USAGE = { system: 1, input: 2, cacheRead: 5, output: 9, thinking: 10, answerId: 11 } as const;
const IN_TIMES = { at: 4 } as const;
const IN_CONVERSATION = { place: 1, begun: 2 } as const;

export const antigravityLogs: LogSource = {
  roots: (machine, home) => toolFolders(machine, home, { below: ['.gemini/antigravity-cli'] }).map(folder => `${folder}/conversations`),
  enters: () => false,
  formats: [{
    kind: 'database',
    matches: path => /^[^/]+\.db$/.test(path),
    read: (tables, state, file, emit) => {
      const session = namesOf(file.path).at(-1)?.replace(/\.db$/, '') ?? '';
      const conversation = conversationOf(tables);
      return newRows(tables, ANSWERS, state, row => {
        try {
          const chat = messageAt(asBytes(row.data), CHAT);
          const usage = messageAt(chat, IN_CHAT.usage);
          // An answer that is not finished has no usage yet.
          if (usage.length === 0) return 'open';
          const figure = (number: number): number => count(numberAt(usage, number));
          const thinking = figure(IN_USAGE.thinking);
          tell(emit, {
            id: textAt(usage, IN_USAGE.answerId) ?? idOf(session, String(row.idx)), session, project: conversation.project,
            at: timeAt(messageAt(messageAt(chat, IN_CHAT.times), IN_TIMES.at)) ?? conversation.begunAt,
            model: textAt(chat, IN_CHAT.model) ?? textAt(chat, IN_CHAT.modelLabel),
            tokens: {
              input: figure(IN_USAGE.system) + figure(IN_USAGE.input), cacheRead: figure(IN_USAGE.cacheRead), output: figure(IN_USAGE.output) + thinking, reasoning: thinking,
            },
          });
        } catch (error) {
          if (!(error instanceof DamagedProtobuf)) throw error;
          emit.damaged();
        }
        return 'done';
      });
    },
  }],
};

export const antigravity = localTool({
  id: 'antigravity', name: 'Antigravity CLI', summary: 'Experimental: tokens and what they would cost at list prices',
  reads: 'Token counts, models, times and folders in the conversations of ~/.gemini/antigravity-cli', logs: antigravityLogs,
});

/** Answers of some versions have no time that can be read: these count when their conversation began. */
function conversationOf(tables: LogTables): { readonly begunAt: number | null; readonly project: string | null } {
  let data: unknown = null;
  tables.rows('trajectory_metadata_blob', ['data'], null, row => { data ??= row.data; });
  try {
    const place = textAt(messageAt(asBytes(data), IN_CONVERSATION.place), 1);
    return { begunAt: timeAt(messageAt(asBytes(data), IN_CONVERSATION.begun)), project: place?.startsWith('file://') === true ? pathOf(place) : place };
  } catch (error) {
    if (error instanceof DamagedProtobuf) return { begunAt: null, project: null };
    throw error;
  }
}

/** "file:///home/dev/app" and "file:///c%3A/app" as paths. */
function pathOf(uri: string): string | null {
  try {
    return decodeURIComponent(uri.slice('file://'.length)).replace(/^\/(?=[A-Za-z]:)/, '');
  } catch {
    return null;
  }
}

const asBytes = (value: unknown): Uint8Array => (value instanceof Uint8Array ? value : new Uint8Array());

/** The last one wins, as the format has it. */
function lastAt(message: Uint8Array, number: number): ProtobufField | undefined {
  let found: ProtobufField | undefined;
  for (const field of fields(message)) if (field.number === number) found = field;
  return found;
}

/** Empty: it is not there. */
function messageAt(message: Uint8Array, number: number): Uint8Array {
  const field = lastAt(message, number);
  return field?.wireType === 'bytes' ? field.value : new Uint8Array();
}

function numberAt(message: Uint8Array, number: number): number | null {
  const field = lastAt(message, number);
  return field?.wireType === 'varint' ? Number(field.value) : null;
}

function textAt(message: Uint8Array, number: number): string | null {
  const bytes = messageAt(message, number);
  return bytes.length > 4000 ? null : text(new TextDecoder().decode(bytes));
}

/** Seconds, and the nanoseconds beyond them, since the epoch. */
function timeAt(message: Uint8Array): number | null {
  const seconds = numberAt(message, 1);
  return seconds === null ? null : moment(seconds * 1000 + Math.floor((numberAt(message, 2) ?? 0) / 1e6));
}
