/**
 * Bundles the web client: one HTML entry, hashed chunks beside it.
 * Used by the release build and by the server when it runs from source.
 * Knows nothing of how the files are served.
 */
import path from 'node:path'

/** Writes `index.html` and `assets/*` into `outdir`; rejects when the bundle has errors. */
export async function buildClient(outdir: string): Promise<string[]> {
  const result = await Bun.build({
    entrypoints: [path.join(import.meta.dir, 'index.html')],
    outdir,
    target: 'browser',
    minify: true,
    splitting: true,
    // Absolute, because the same page answers /rooms/:id and /invite/:token.
    publicPath: '/',
    naming: {
      entry: '[name].[ext]',
      chunk: 'assets/[name]-[hash].[ext]',
      asset: 'assets/[name]-[hash].[ext]',
    },
    define: { 'process.env.NODE_ENV': '"production"' },
  })
  return result.outputs.map((file) => file.path)
}
