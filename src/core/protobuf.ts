/** Reads the wire format of protocol buffers (protobuf.dev/programming-guides/encoding): fields by their numbers, without a schema. */

/** One field of a message. A repeated field comes as often as it was written, a nested message as its bytes. */
export type ProtobufField = NumberField | BytesField;

/** The bits as they are, without a sign: of a varint up to 64, of the fixed forms 64 and 32. */
export interface NumberField { readonly number: number; readonly wireType: 'varint' | 'fixed64' | 'fixed32'; readonly value: bigint }
/** A string, a nested message, packed numbers or bytes: the schema says which. A view of the message's own bytes. */
export interface BytesField { readonly number: number; readonly wireType: 'bytes'; readonly value: Uint8Array }

/** The bytes are no message, or not a whole one. The fields before the fault were good. */
export class DamagedProtobuf extends Error {
  override readonly name = 'DamagedProtobuf';
}

const MAX_VARINT_BYTES = 10;
const MAX_FIELD_NUMBER = 2n ** 29n - 1n;

/**
 * The fields of one message in the order of their writing. Looks at each byte once, copies none, and goes into no nested message.
 * @throws {DamagedProtobuf} also for groups, which nobody has written since 2008.
 */
export function* fields(bytes: Uint8Array): Generator<ProtobufField, void, undefined> {
  let at = 0;
  const take = (length: bigint | number): Uint8Array => {
    const end = at + Number(length);
    if (end > bytes.length) throw new DamagedProtobuf('A field is cut off.');
    const taken = bytes.subarray(at, end);
    at = end;
    return taken;
  };
  const varint = (): bigint => {
    let value = 0n;
    for (let i = 0; i < MAX_VARINT_BYTES; i++) {
      const byte = take(1)[0] ?? 0;
      value |= BigInt(byte & 0x7f) << BigInt(7 * i);
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new DamagedProtobuf('A number has no end.');
  };
  while (at < bytes.length) {
    const tag = varint();
    if (tag >> 3n < 1n || tag >> 3n > MAX_FIELD_NUMBER) throw new DamagedProtobuf('A field has no number.');
    const number = Number(tag >> 3n);
    switch (Number(tag & 7n)) {
      case 0: yield { number, wireType: 'varint', value: varint() }; break;
      case 1: yield { number, wireType: 'fixed64', value: littleEndian(take(8)) }; break;
      case 2: yield { number, wireType: 'bytes', value: take(varint()) }; break;
      case 5: yield { number, wireType: 'fixed32', value: littleEndian(take(4)) }; break;
      default: throw new DamagedProtobuf('A field is of an unknown kind.');
    }
  }
}

const littleEndian = (bytes: Uint8Array): bigint => bytes.reduceRight((value, byte) => value << 8n | BigInt(byte), 0n);
