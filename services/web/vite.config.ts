import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const gateway = process.env['NOEMA_URL'] ?? 'http://127.0.0.1:7070';
const apiKey = process.env['NOEMA_API_KEY'];

/** `vite build` writes what the gateway serves; `vite` serves the sources with the API of a running platform behind `/v1`. */
export default defineConfig({
  plugins: [react()],
  build: { outDir: 'dist/page', emptyOutDir: true, target: 'es2022', sourcemap: false, assetsInlineLimit: 0, chunkSizeWarningLimit: 900, reportCompressedSize: false },
  server: {
    host: '127.0.0.1',
    proxy: { '/v1': { target: gateway, headers: apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` } }, '/openapi.json': gateway },
  },
});
