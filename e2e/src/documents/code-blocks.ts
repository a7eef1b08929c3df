/** A fenced block of a document. */
export interface CodeBlock {
  readonly language: string;
  /** Name of the file that the block is, or empty. */
  readonly file: string;
  readonly text: string;
  /** Heading that it stands below, or empty. */
  readonly section: string;
  /** Line of its fence, from 1. */
  readonly line: number;
}

/**
 * Reads the fenced blocks of a Markdown document; the word behind the language names the file that the block
 * is.
 */
export function codeBlocks(markdown: string): CodeBlock[] {
  const blocks: CodeBlock[] = [];
  let section = '';
  let open: { language: string; file: string; line: number; lines: string[] } | undefined;
  for (const [at, line] of markdown.split('\n').entries()) {
    if (open === undefined && line.startsWith('## ')) section = line.slice(3).trim();
    const fence = /^```(\w*) ?(\S*)\s*$/.exec(line);
    if (fence === null) open?.lines.push(line);
    else if (open === undefined) open = { language: fence[1]!, file: fence[2]!, line: at + 1, lines: [] };
    else {
      blocks.push({
        language: open.language,
        file: open.file,
        text: `${open.lines.join('\n')}\n`,
        section,
        line: open.line,
      });
      open = undefined;
    }
  }
  if (open !== undefined) throw new Error(`the block of line ${open.line} is not closed`);
  return blocks;
}
