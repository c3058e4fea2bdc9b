// The one version number, from package.json; bundled into the binary.
import manifest from '../package.json' with { type: 'json' }

export const VERSION: string = manifest.version
