import type { ProtobufField } from '../../src/core/protobuf';

function varint(value: bigint): number[] {
  const bytes: number[] = [];
  for (; value >= 0x80n; value >>= 7n) bytes.push(Number(value & 0x7fn) | 0x80);
  return [...bytes, Number(value)];
}

const fixed = (value: bigint, length: number): number[] => Array.from({ length }, (_, i) => Number(value >> BigInt(8 * i) & 0xffn));
const KINDS = { varint: 0n, fixed64: 1n, bytes: 2n, fixed32: 5n } as const;

/** Writes a message. */
export function protobuf(fields: readonly ProtobufField[]): Uint8Array {
  return Uint8Array.from(fields.flatMap(({ number, wireType, value }) => {
    const tag = varint(BigInt(number) << 3n | KINDS[wireType]);
    if (wireType === 'bytes') return [...tag, ...varint(BigInt(value.length)), ...value];
    return [...tag, ...(wireType === 'varint' ? varint(value) : fixed(value, wireType === 'fixed64' ? 8 : 4))];
  }));
}
