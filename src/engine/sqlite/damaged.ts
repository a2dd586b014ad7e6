/** A page, a record or the file as a whole is not as SQLite writes it; or it changed while it was read. */
export class DamagedDatabase extends Error {
  override readonly name = 'DamagedDatabase';
}
