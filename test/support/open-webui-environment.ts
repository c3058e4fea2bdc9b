/** What Open WebUI's own server is started with: no telemetry, no updates, and no models of its own to download. */
export const openWebuiEnvironment = (
  dataDir: string,
  secret: string,
  providerUrl: string,
): Record<string, string> => ({
  DATA_DIR: dataDir,
  WEBUI_SECRET_KEY: secret,
  OPENAI_API_BASE_URL: providerUrl,
  OPENAI_API_KEY: 'key',
  ENABLE_OLLAMA_API: 'false',
  RAG_EMBEDDING_ENGINE: 'openai',
  RAG_OPENAI_API_BASE_URL: providerUrl,
  RAG_OPENAI_API_KEY: 'key',
  BYPASS_EMBEDDING_AND_RETRIEVAL: 'true',
  HF_HUB_OFFLINE: '1',
  OFFLINE_MODE: 'true',
  ANONYMIZED_TELEMETRY: 'false',
  DO_NOT_TRACK: '1',
  SCARF_NO_ANALYTICS: 'true',
  CORS_ALLOW_ORIGIN: '*',
  ENV: 'prod',
})
