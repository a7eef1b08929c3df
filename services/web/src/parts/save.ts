/** Hands a text to the reader as a file. */
export function saveText(fileName: string, mediaType: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: `${mediaType};charset=utf-8` }));
  const anchor = document.createElement('a');
  anchor.href = url;
  anchor.download = fileName.replace(/[^\p{L}\p{N}._-]+/gu, '-');
  anchor.click();
  setTimeout(() => { URL.revokeObjectURL(url); }, 10_000);
}
