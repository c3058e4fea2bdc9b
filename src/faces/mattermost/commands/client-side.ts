/** Commands that the apps carry out themselves, offered here so that they are found, and what the server adds to them. */
import { type BuiltIn, type CommandCall, done, said } from './command.ts'

export const clientCommands: Readonly<Record<string, BuiltIn>> = {
  collapse: { hint: '', description: 'Turn on auto-collapsing of image previews', run: previews('true') },
  expand: { hint: '', description: 'Turn off auto-collapsing of image previews', run: previews('false') },
  // The app ends the session when it is sent there.
  logout: { hint: '', description: 'Log out', run: async () => ({ text: '', goto: '/login' }) },
  search: ofApp('[text]', 'Search text in messages'),
  settings: ofApp('', 'Open the Settings dialog'),
  shortcuts: ofApp('', 'Display a list of keyboard shortcuts'),
}

function ofApp(hint: string, description: string): BuiltIn {
  return { hint, description, run: async () => said('This app does not support that command.') }
}

function previews(value: 'true' | 'false') {
  return async ({ face, call }: CommandCall) => {
    await face.core.preferences.set(call.actor, call.me, [
      { userId: call.me, category: 'display_settings', name: 'collapse_previews', value },
    ])
    return value === 'true' ? said('Image links now collapse by default') : done
  }
}
