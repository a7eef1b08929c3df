import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import {
  type DescriptorProto,
  type FileDescriptorProto,
  FileDescriptorProtoSchema,
} from '@bufbuild/protobuf/wkt';
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin, type Rolldown } from 'vite';

const gateway = process.env['NOEMA_URL'] ?? 'http://127.0.0.1:7070';
const apiKey = process.env['NOEMA_API_KEY'];

/** Compressed JavaScript from the sign-in to the first population; more than that and the build fails. */
const BUDGET_BYTES = 340_000;
/** The part that most users open first; it is loaded with the page. */
const POPULATION = ['pages/population/population.page.tsx', 'pages/population/population-preload.ts'];
const FIRST_VIEW = [
  'pages/team/sign-in.page',
  'pages/projects/projects.page',
  'pages/population/population.page',
  'pages/population/panels/right-panel.view',
  'pages/population/export/export-menu.view',
];

/** Matches what one of the patterns matches. */
function unite(...patterns: readonly RegExp[]): RegExp {
  return new RegExp(patterns.map(({ source }) => source).join('|'));
}

const KIT =
  /node_modules\/(@mantine|@floating-ui|@tanstack|@tabler|react-remove-scroll|react-transition-group|clsx|tslib)/;
const NOT_FIRST = unite(
  /\/components\/(NumberInput|Textarea|Switch|Progress|Accordion|Radio|Modal|ModalBase|Drawer)\//,
  /\/components\/(Pill|PillsInput|MultiSelect|TagsInput)\//,
  /\/@mantine\/(notifications|store)\/|react-transition-group|react-remove-scroll/,
  /\/(react-)?virtual(-core)?\/|[iI]nfiniteQuery|use-pills-reorder/,
);
const CONTRACT = /\/libs\/contracts\//;
/** Contracts of explanations, models, integrations, artifacts, jobs and quality, and of what a team has. */
const LATER = unite(
  /\/(explanations|similarity|artifacts|quality|insights)\//,
  /\/(unit|activation_set|job_service|integration|manifest_proposal|model)(_\w+)?_pb/,
  /\/(api_key|audit|member_service|secret|team_service|usage)(_\w+)?_pb/,
);

/** Rules on models and their data, and on quotas, which the first view does without. */
const LATER_RULES = /\/libs\/(kernel|rest)\/dist\/src\/(class-names|vocabulary|stored-quota)\./;

/** Contracts of options that the page does not read; only their names are imported. */
const UNREAD: ReadonlySet<string> = new Set([
  'google/api/field_behavior.proto',
  'noema/type/v1/access.proto',
]);
/** Numbers of the options of this project (noema/type/v1). */
const isOwnOption = (no: number): boolean => no >= 50_000 && no < 51_000;

/** Vendors that change rarely keep their file names over releases, so that browsers keep them. */
const groups = [
  { name: 'react', test: /node_modules\/(react|react-dom|scheduler|react-router|react-router-dom)\// },
  // The components that many pages share are one file. It leaves out what the first view does without: some form
  // fields, dialogs, progress bars, notices, and lists that draw the rows in sight.
  {
    name: 'kit',
    test: (id: string) => KIT.test(id) && !NOT_FIRST.test(id),
    minShareCount: 5,
  },
  {
    name: 'wire',
    test: (id: string) =>
      (/node_modules\/@bufbuild\/|\/libs\/(rest|kernel)\//.test(id) && !LATER_RULES.test(id)) ||
      (CONTRACT.test(id) && !LATER.test(id)),
    minShareCount: 1,
    priority: 2,
  },
  // Small modules that most pages share are one file as well, but no clients: they bring their contracts along.
  {
    name: 'base',
    test: /apps\/web\/src\/(parts|api)\/(?!.*-clients?\.)/,
    minShareCount: 8,
  },
  // Modules that the first view does not need: one file for all later views.
  { name: 'later', test: (id: string) => CONTRACT.test(id) && LATER.test(id), minShareCount: 2, priority: 1 },
];

/**
 * `vite build` writes what the gateway serves; `vite` serves the sources with the API of a running platform
 * behind `/v1`.
 */
export default defineConfig({
  plugins: [react(), leanContracts(), firstViewBudget(), fontPreload(), populationPreload(), packedFiles()],
  build: {
    outDir: 'dist/page',
    emptyOutDir: true,
    target: 'es2022',
    sourcemap: false,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 900,
    reportCompressedSize: false,
    // `light-dark()` stays unchanged: written out for older browsers it would follow the system, not the
    // choice.
    cssTarget: ['chrome123', 'edge123', 'firefox120', 'safari17.5'],
    rolldownOptions: { output: { codeSplitting: { groups } } },
  },
  server: {
    host: '127.0.0.1',
    proxy: {
      '/v1': { target: gateway, headers: apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` } },
      '/oidc': gateway,
      '/mcp': gateway,
      '/openapi.json': gateway,
    },
  },
});

/**
 * Takes from the contracts what only generators of clients and services read: packages of other languages, who
 * sets a field, and what a method says of itself but its address.
 */
function leanContracts(): Plugin {
  const bare = (message: DescriptorProto): void => {
    for (const field of message.field) delete field.options;
    message.nestedType.forEach(bare);
  };
  return {
    name: 'lean-contracts',
    transform(code, id) {
      if (!/\/libs\/contracts\/dist\/src\/gen\/.*_pb\.js$/.test(id)) return undefined;
      return code.replace(/(fileDesc\(")([^"]+)"/, (_, call: string, text: string) => {
        const file = fromBinary(FileDescriptorProtoSchema, Buffer.from(text, 'base64'));
        delete file.options;
        if (UNREAD.has(file.name)) [file.enumType, file.extension] = [[], []];
        dropServiceMethods(file);
        file.messageType.forEach(bare);
        for (const { method } of file.service)
          for (const { options } of method)
            if (options?.$unknown !== undefined)
              options.$unknown = options.$unknown.filter(({ no }) => !isOwnOption(no));
        const lean = Buffer.from(toBinary(FileDescriptorProtoSchema, file)).toString('base64');
        return `${call}${lean.replace(/=+$/, '')}"`;
      });
    },
  };
}

/** Field of `noema.type.v1.access`, and its value for methods that only other services may call. */
const [ACCESS, ACCESS_SERVICE] = [50_001, 5];

/**
 * Drops methods that the page may not call, and their messages at the end of the file: code refers to the others by
 * their positions.
 */
function dropServiceMethods(file: FileDescriptorProto): void {
  const dropped = new Set<string>();
  for (const service of file.service)
    service.method = service.method.filter(({ options, inputType, outputType }) => {
      const isForServices =
        options?.$unknown?.some(({ no, data }) => no === ACCESS && data[0] === ACCESS_SERVICE) === true;
      if (isForServices) dropped.add(inputType).add(outputType);
      return !isForServices;
    });
  const isLastDropped = (): boolean => dropped.has(`.${file.package}.${file.messageType.at(-1)?.name ?? ''}`);
  const isSmaller = isLastDropped();
  while (isLastDropped()) file.messageType.pop();
  const listTypes = ({ field, nestedType }: DescriptorProto): string[] => [
    ...field.map(({ typeName }) => typeName),
    ...nestedType.flatMap(listTypes),
  ];
  const used = new Set(file.messageType.flatMap(listTypes));
  const isUsed = (name: string): boolean => used.has(`.${file.package}.${name}`);
  while (isSmaller && file.enumType.length > 0 && !isUsed(file.enumType.at(-1)!.name)) file.enumType.pop();
}

/** Sums what the entry and the parts of the first view load: their chunks, and all that those import. */
function firstViewBudget(): Plugin {
  return {
    name: 'first-view-budget',
    generateBundle(_, bundle) {
      const chunks = Object.values(bundle).filter(
        (file): file is Rolldown.OutputChunk => file.type === 'chunk',
      );
      const loaded = new Set<string>();
      const load = (fileName: string): void => {
        const chunk = bundle[fileName];
        if (chunk?.type !== 'chunk' || loaded.has(fileName)) return;
        loaded.add(fileName);
        chunk.imports.forEach(load);
      };
      const first = (chunk: Rolldown.OutputChunk): boolean =>
        chunk.isEntry ||
        FIRST_VIEW.some((page) => chunk.facadeModuleId?.endsWith(`/src/${page}.tsx`) === true);
      chunks.filter(first).forEach(({ fileName }) => {
        load(fileName);
      });
      const sizes = [...loaded]
        .map((fileName) => ({
          fileName,
          bytes: gzipSync((bundle[fileName] as Rolldown.OutputChunk).code, { level: 9 }).length,
        }))
        .sort((a, b) => b.bytes - a.bytes);
      const bytes = sizes.reduce((sum, file) => sum + file.bytes, 0);
      const text =
        `JavaScript of the first view: ${(bytes / 1000).toFixed(1)} kB compressed in ${loaded.size} ` +
        `files, at most ${BUDGET_BYTES / 1000} kB`;
      if (bytes > BUDGET_BYTES)
        this.error(`${text}: ${sizes.map((file) => `${file.fileName} ${file.bytes}`).join(', ')}`);
      console.log(text);
    },
  };
}

/**
 * The parts of the population are requested with the page, so that none of them waits for another to be read.
 */
function populationPreload(): Plugin {
  return {
    name: 'population-preload',
    transformIndexHtml: {
      order: 'post',
      handler: (html, { bundle = {} }) => {
        const files = new Set<string>();
        const add = (fileName: string): void => {
          const chunk = bundle[fileName];
          if (chunk?.type !== 'chunk' || files.has(fileName)) return;
          files.add(fileName);
          chunk.imports.forEach(add);
        };
        Object.values(bundle)
          .filter(
            (file) =>
              file.type === 'chunk' &&
              POPULATION.some((part) => file.facadeModuleId?.endsWith(`/src/${part}`) === true),
          )
          .forEach(({ fileName }) => {
            add(fileName);
          });
        return [...files]
          .filter((file) => !html.includes(file))
          .map((file) => ({
            tag: 'link',
            attrs: { rel: 'modulepreload', crossorigin: '', href: `/${file}` },
            injectTo: 'head' as const,
          }));
      },
    },
  };
}

/** The font of the text is requested with the page, so that the text does not move when it comes. */
function fontPreload(): Plugin {
  return {
    name: 'font-preload',
    transformIndexHtml: {
      order: 'post',
      handler: (_, { bundle = {} }) =>
        Object.keys(bundle)
          .filter((file) => /inter-latin-wght-normal.*\.woff2$/.test(file))
          .map((file) => ({
            tag: 'link',
            attrs: { rel: 'preload', as: 'font', type: 'font/woff2', href: `/${file}`, crossorigin: '' },
            injectTo: 'head' as const,
          })),
    },
  };
}

/** Writes `<asset>.br` next to each script and style sheet, so that no gateway has to pack them. */
function packedFiles(): Plugin {
  return {
    name: 'packed-files',
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        for (const file of Object.values(bundle)) {
          if (!/^assets\/.*\.(js|css)$/.test(file.fileName)) continue;
          // The two steps above 9 take ten times as long for a twentieth less.
          const source = brotliCompressSync(file.type === 'chunk' ? file.code : file.source, {
            params: { [constants.BROTLI_PARAM_QUALITY]: 9 },
          });
          this.emitFile({ type: 'asset', fileName: `${file.fileName}.br`, source });
        }
      },
    },
  };
}
