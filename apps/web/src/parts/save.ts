/** Hands a file to the reader; letters, digits and `._ -` of its name stay. */
export function saveFile(fileName: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  const anchor = document.createElement('a');
  anchor.href = url;
  anchor.download = fileName.replaceAll(/[^\p{L}\p{N}._ -]+/gu, '-');
  anchor.click();
  setTimeout(() => {
    URL.revokeObjectURL(url);
  }, 10_000);
}

/** Hands a text to the reader as a file. */
export const saveText = (fileName: string, mediaType: string, text: string): void => {
  saveFile(fileName, new Blob([text], { type: `${mediaType};charset=utf-8` }));
};
