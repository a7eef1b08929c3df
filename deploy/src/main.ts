import { writeFile } from 'node:fs/promises';
import { chartFiles } from './chart-files.js';
import { HELM } from './charts.js';

/** `make charts`: writes what is made of the charts' values and the services' settings. */
const files = await chartFiles();
for (const [path, text] of files) await writeFile(new URL(path, HELM), text);
console.log(`charts: ${files.size} files written`);
