/**
 * Import boundaries: the one place that says who may import whom.
 * A library may import libraries of its own level or below; a domain imports no framework and no driver; services never import each other.
 */
const LEVELS = [
  ['kernel', 'contracts', 'simd', 'threads'],
  [
    'config',
    'embedded-postgres',
    'local-servers',
    'observability',
    'auth',
    'artifacts',
    'onnx',
    'rest',
    'perception',
    'manifold',
    'saliency',
    'scatterplot',
    'integration',
  ],
  ['grpc', 'postgres', 'layers', 'autodiff'],
  ['events', 'engine'],
  ['jobs', 'importers'],
  ['host'],
  ['testing'],
];
const PURE = ['kernel', 'simd', 'threads', 'perception', 'manifold', 'saliency'];
const service = '^services/([^/]+)/';
const test = '\\.(spec|itest|e2e|contract)\\.ts$|/test/';

const levelRules = LEVELS.map((libs, level) => ({
  name: `libs-level-${level}`,
  comment: `libraries of level ${level} import no library above it`,
  severity: 'error',
  from: { path: `^libs/(${libs.join('|')})/`, pathNot: test },
  to: {
    path: '^libs/',
    pathNot: `^libs/(${LEVELS.slice(0, level + 1)
      .flat()
      .join('|')})/`,
  },
}));

module.exports = {
  forbidden: [
    {
      name: 'no-service-to-service',
      comment: 'services speak gRPC or events',
      severity: 'error',
      from: { path: service },
      to: { path: '^services/', pathNot: '^services/$1/' },
    },
    {
      name: 'libs-import-no-service',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^(services|apps|examples|e2e)/' },
    },
    {
      name: 'domain-is-pure',
      comment: 'a domain imports the kernel, the pure libraries and node built-ins',
      severity: 'error',
      from: { path: '^services/[^/]+/src/domain/', pathNot: test },
      to: {
        path: [
          'node_modules/(?!@noema)',
          '^services/[^/]+/src/(?!domain/)',
          `^libs/(?!(${PURE.join('|')})/)`,
        ],
      },
    },
    {
      name: 'one-technology-a-folder',
      comment: 'grpc, events, postgres, store … know the domain, not each other',
      severity: 'error',
      from: {
        path: '^services/([^/]+)/src/(grpc|events|postgres|store|engine|faiss|jobs|peers|sharp)/',
        pathNot: test,
      },
      to: {
        path: '^services/$1/src/(grpc|events|postgres|store|engine|faiss|jobs|peers|sharp)/',
        pathNot: '^services/$1/src/$2/',
      },
    },
    ...levelRules,
    { name: 'no-circular', severity: 'error', from: { pathNot: '/gen/' }, to: { circular: true } },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'declared-dependencies-only',
      severity: 'error',
      from: { path: '^(libs|services|apps)/', pathNot: test },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-dev'], pathNot: '^libs/' },
    },
  ],
  options: {
    doNotFollow: { path: ['node_modules', 'dist'] },
    exclude: { path: ['\\.map$'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    combinedDependencies: false,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['types', 'import', 'default'] },
  },
};
