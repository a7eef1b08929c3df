import tseslint from 'typescript-eslint';

const test = ['**/*.{spec,itest,e2e,contract}.{ts,tsx}', '**/test/**/*.ts', 'e2e/**', 'libs/testing/**'];

/** Functions of a window that the browsers of the page do not all have. */
const NOT_IN_SAFARI = ['requestIdleCallback', 'cancelIdleCallback'];

/** Syntax that no source has. */
const RESTRICTED = [
  {
    selector: 'MemberExpression[object.name="process"][property.name="env"]',
    message: "settings come from the service's config schema; process.env is read in main.ts only",
  },
  { selector: 'ExportAllDeclaration', message: 'name what is exported' },
  {
    selector:
      ':matches(ForStatement, ForOfStatement, WhileStatement) ' +
      'VariableDeclarator[id.type="ArrayPattern"][init.type="ArrayExpression"]',
    message: 'takes apart an array in each turn, four times as slow as a declaration for each',
  },
];

/** A heading that a screen reader announces as empty. */
const EMPTY_HEADING = {
  selector:
    'JSXElement[children.length=0]:matches([openingElement.name.name="th"], ' +
    '[openingElement.name.property.name="Th"])',
  message: 'a screen reader announces an empty heading; name the column, as visually hidden text',
};

/**
 * Style, without types: rules that need them are in .oxlintrc.json. Who may import whom is told once, in
 * .dependency-cruiser.cjs.
 */
export default tseslint.config(
  {
    ignores: [
      '**/dist/**',
      '**/node_modules/**',
      '**/.venv/**',
      'libs/contracts/src/gen/**',
      '**/*.config.*',
      'tools/**',
      'libs/simd/kernels/**',
      '**/*.{js,mjs,cjs}',
      '.nx/**',
      '.noema/**',
      '.tools/**',
    ],
  },
  ...tseslint.configs.recommended,
  {
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      'no-console': 'error',
      'one-var': ['error', 'never'],
      'max-len': [
        'error',
        { code: 120, ignoreUrls: true, ignoreRegExpLiterals: true, ignorePattern: '^import |^\\|' },
      ],
      'no-restricted-exports': [
        'error',
        { restrictDefaultExports: { direct: true, named: true, defaultFrom: true } },
      ],
      'no-restricted-syntax': ['error', ...RESTRICTED],
    },
  },
  {
    files: ['apps/web/src/**', 'libs/scatterplot/src/**'],
    rules: {
      'no-restricted-globals': [
        'error',
        ...NOT_IN_SAFARI.map((name) => ({ name, message: 'Safari has none; use whenIdle' })),
      ],
      'no-restricted-syntax': ['error', ...RESTRICTED, EMPTY_HEADING],
    },
  },
  { files: ['apps/web/src/parts/when-idle.ts'], rules: { 'no-restricted-globals': 'off' } },
  { files: ['libs/contracts/src/index.ts'], rules: { 'no-restricted-syntax': 'off' } },
  {
    files: [
      '**/main.ts',
      '**/*main.ts',
      '**/worker.ts',
      '**/migrate.ts',
      '**/operate.ts',
      'apps/cli/**',
      'libs/host/**',
      'libs/local-servers/**',
      'bench/**',
      'apps/standalone/**',
      ...test,
    ],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    files: ['apps/cli/**', 'bench/**', 'examples/**', '**/main.ts', ...test],
    rules: { 'no-console': 'off' },
  },
  {
    files: test,
    rules: { '@typescript-eslint/no-explicit-any': 'off' },
  },
);
