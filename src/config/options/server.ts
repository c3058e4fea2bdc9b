// Where the server listens and who may call it from where. See index.ts for the rules of the table.
import { option } from '../option.ts'
import { bindAddress, frontEnds, integer, origins, text, trustProxy, url } from '../parsers.ts'

export const server = {
  bind: option({
    names: 'BIND_ADDR SERVER_ADDR',
    about: 'Address and port to listen on, in one. Instead of `HOST` and `PORT`.',
    as: bindAddress,
  }),
  host: option({
    names: 'HOST SERVER_HOST RUSTCHAT_SERVER_HOST',
    about: 'Address to listen on.',
    as: text,
    or: '0.0.0.0',
  }),
  port: option({
    names: 'PORT SERVER_PORT RUSTCHAT_SERVER_PORT',
    about: 'Port to listen on; 0 takes a free one.',
    as: integer(0, 65_535),
    or: 8080,
  }),
  publicUrl: option({
    names: 'PUBLIC_URL WEBUI_URL SITE_URL RUSTCHAT_SITE_URL MM_SERVICESETTINGS_SITEURL',
    about:
      'Address under which people reach the server: links in invites, cross-site checks, and what Nostr log-ins are bound to (without it the Host header has to be believed). With a path (https://example.com/chat) the APIs, their sockets and a Mattermost front end answer below it too.',
    as: url('http', 'https'),
    shown: 'taken from each request',
  }),
  corsOrigins: option({
    names: 'CORS_ALLOW_ORIGIN CORS_ALLOWED_ORIGINS RUSTCHAT_CORS_ALLOWED_ORIGINS',
    about:
      'Other origins whose pages may call the API with a person’s credentials; `*` lets every page call it, without cookies.',
    as: origins,
    or: [],
    shown: 'own origin only',
  }),
  trustProxy: option({
    names: 'TRUST_PROXY',
    about: 'Whose `X-Forwarded-For` is believed: a number of proxies, or their networks.',
    as: trustProxy,
    or: { hops: 0 },
    shown: '0',
  }),
  frontEnds: option({
    names: 'FRONTEND_BUILD_DIR STATIC_DIR',
    about:
      'Folder with a built Open WebUI or Mattermost front end to serve instead of our own, or several as `chat.example.com=/srv/a;:8065=/srv/b`; a port named here is listened on too.',
    as: frontEnds,
    or: [],
    shown: 'our own client',
    firstWins: true,
  }),
  shutdownS: option({
    names: 'SHUTDOWN_TIMEOUT_S',
    about: 'Seconds that running work gets at a stop.',
    as: integer(0, 600),
    or: 10,
  }),
}
