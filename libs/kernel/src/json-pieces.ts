/** Values of a piece: about a millisecond of work. */
const VALUES_A_PIECE = 1024;

/**
 * Writes a JSON value as `JSON.stringify` does and yields the text in pieces of at most 1024 values, so that other
 * work has its turn in between. The value has no `undefined` and no `toJSON`. Throws RangeError for values that are
 * nested deeper than the stack.
 */
export function* jsonPieces(value: unknown): Generator<string, void> {
  const writer = new JsonWriter();
  yield* writer.write(value);
  yield writer.take();
}

class JsonWriter {
  private text = '';
  private values = 0;

  take(): string {
    const { text } = this;
    this.text = '';
    return text;
  }

  *write(value: unknown): Generator<string, void> {
    if (++this.values % VALUES_A_PIECE === 0) yield this.take();
    if (typeof value !== 'object' || value === null) this.text += JSON.stringify(value);
    else if (Array.isArray(value)) {
      this.text += '[';
      for (let i = 0; i < value.length; i++) {
        if (i > 0) this.text += ',';
        yield* this.write(value[i]);
      }
      this.text += ']';
    } else {
      let separator = '{';
      const members = value as Readonly<Record<string, unknown>>;
      for (const key of Object.keys(members)) {
        this.text += `${separator}${JSON.stringify(key)}:`;
        separator = ',';
        yield* this.write(members[key]);
      }
      this.text += separator === '{' ? '{}' : '}';
    }
  }
}
