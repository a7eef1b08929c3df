/**
 * Import boundaries: the one place that says who may import whom.
 * A library may import libraries of its own level or below; a domain imports no framework and no driver;
 * services never import each other.
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
    'detection',
    'evaluation',
    'scatterplot',
    'integration',
  ],
  ['grpc', 'postgres', 'layers', 'autodiff', 'population', 'readers', 'judging', 'insights'],
  ['agents', 'events', 'engine'],
  ['jobs', 'importers'],
  ['host'],
  ['testing'],
];
/** Layers of the page, the lowest first: a layer imports itself and what is below it. */
const PAGE_LAYERS = ['api', 'parts', 'features', 'pages', 'app'];
/** Folders of the population page, the lowest first. */
const POPULATION_LAYERS = ['points', 'encoding', 'maps', 'selection', 'plot', 'state', 'model', 'panels'];
const PURE = [
  'kernel',
  'simd',
  'threads',
  'perception',
  'manifold',
  'saliency',
  'detection',
  'evaluation',
  'insights',
  'population/(dist/)?src/rules',
];
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

const layerRules = (name, root, layers) =>
  layers.slice(0, -1).map((layer, level) => ({
    name: `${name}-${layer}`,
    comment: `${layer} is below ${layers.slice(level + 1).join(', ')} and imports none of them`,
    severity: 'error',
    from: { path: `^${root}/${layer}/` },
    to: { path: `^${root}/(${layers.slice(level + 1).join('|')})/` },
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
          'node_modules/(?!@noema|lru-cache/)',
          '^services/[^/]+/src/(?!domain/)',
          `^libs/(?!(${PURE.join('|')})/)`,
        ],
      },
    },
    {
      name: 'rules-are-pure',
      comment: 'the type of a noun, its errors, ports and settings import the kernel and the pure libraries',
      severity: 'error',
      from: {
        path: '^services/[^/]+/src/([^/]+)/(\\1|[a-z-]+\\.(errors|ports|settings))\\.ts$',
        pathNot: [test, '/operator/'],
      },
      to: {
        path: [
          'node_modules/(?!@noema|lru-cache/)',
          '\\.(client|consumer|controller|events|executor|mapper|module|queue|repository|service|store|worker)\\.ts$',
          `^libs/(?!(${PURE.join('|')})/)`,
        ],
      },
    },
    {
      name: 'services-know-no-transport',
      comment:
        'services and executors know neither messages nor drivers; their controllers and repositories do',
      severity: 'error',
      from: {
        path: '^services/[^/]+/src/[^/]+/[^/]+\\.(service|executor)\\.ts$',
        pathNot: [test, '/domain/'],
      },
      to: {
        path: [
          'node_modules/(?!@noema|@nestjs/common)',
          '\\.(controller|mapper)\\.ts$',
          '^libs/(contracts|grpc|rest)/',
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
    ...layerRules('page', 'apps/web/src', PAGE_LAYERS),
    ...layerRules('population', 'apps/web/src/pages/population', POPULATION_LAYERS),
    {
      name: 'no-page-to-page',
      comment: 'what two pages share is a feature',
      severity: 'error',
      from: { path: '^apps/web/src/pages/([^/]+)/' },
      to: { path: '^apps/web/src/pages/', pathNot: '^apps/web/src/pages/$1/' },
    },
    {
      name: 'no-circle-of-folders',
      comment: 'folders of the page import in one direction',
      severity: 'error',
      scope: 'folder',
      from: { path: '^apps/web/src' },
      to: { circular: true },
    },
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
