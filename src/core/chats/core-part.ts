/** Everything that only Open WebUI has, as the faces see it; the lead mixes it into Core. */
import type { Core } from '../core.ts'
import type { CoreDeps } from '../deps.ts'
import { createCalendars, type Calendars } from '../calendars/calendars.ts'
import { createFolders, type Folders } from '../folders/folders.ts'
import { createChannelGrants, type ChannelGrants } from '../grants/channels.ts'
import { createGrants, type Grants } from '../grants/grants.ts'
import { createGroups, type Groups } from '../groups/groups.ts'
import { createPermissions, type Permissions } from '../groups/permissions.ts'
import { createArena, type Arena } from '../models/arena.ts'
import { createCatalogue, type Catalogue } from '../models/catalogue.ts'
import { createModelManagement, type ModelManagement } from '../models/model-management.ts'
import { createModels, type Models } from '../models/models.ts'
import { createOllama, type Ollama } from '../models/ollama.ts'
import { createOpenaiPass, type OpenaiPass } from '../models/openai-pass.ts'
import { createPictures, type Pictures } from '../media/pictures.ts'
import { createSpeech, type Speech } from '../media/speech.ts'
import { createPromptVersions, type PromptVersions } from '../workspace/prompt-versions.ts'
import { nowhere, type Outside } from '../mattermost/outside.ts'
import { createNotifications, type Notifications } from '../notifications/notifications.ts'
import { createNoteChats, type NoteChats } from '../notes/note-chats.ts'
import { createNotes, type Notes } from '../notes/notes.ts'
import { createOpenConfig, type Environment, type OpenConfig } from '../open-webui-config/open-config.ts'
import { createPeople, type People } from '../people/people.ts'
import type { FileStore } from '../ports.ts'
import { createKnowledge, type Knowledge } from '../knowledge/knowledge.ts'
import { createKnowledgeFiles, type KnowledgeFiles } from '../knowledge/knowledge-files.ts'
import { createKnowledgeFolders, type KnowledgeFolders } from '../knowledge/knowledge-folders.ts'
import { createAttachments, type Attachments } from '../retrieval/attachments.ts'
import { createCollections, type Collections } from '../retrieval/collections.ts'
import { createFileJobs, type FileJobs } from '../retrieval/file-jobs.ts'
import { createFileTexts, type FileTexts } from '../retrieval/file-texts.ts'
import { createLibrary, type Library } from '../retrieval/library.ts'
import { createTextSearch, type TextSearch } from '../retrieval/search-texts.ts'
import { createSources, type Sources } from '../retrieval/sources.ts'
import { createWebTexts, type WebTexts } from '../retrieval/web-texts.ts'
import { createTextIndex, type TextIndex } from '../retrieval/text-index.ts'
import { createTerminalServers, type TerminalServers } from '../tools/terminal-servers.ts'
import { createToolServers, type ToolServers } from '../tools/tool-servers.ts'
import { createWorkspace, type Workspace } from '../workspace/workspace.ts'
import { createBrowserCalls, type BrowserCalls } from './browser-calls.ts'
import { createChatFigures, type ChatFigures } from './chat-figures.ts'
import { createCompaction, type Compaction } from './compaction.ts'
import { createChatRuns, type ChatRuns } from './chat-runs.ts'
import { createChatSearch, type ChatSearch } from './chat-search.ts'
import { createChats, type Chats } from './chats.ts'
import type { OpenwebuiContext } from './context.ts'
import { createCompletions, type Completions } from './direct-completions.ts'
import { createFeedbacks, type Feedbacks } from './feedback.ts'
import { createOpenFiles, type OpenFiles } from './open-files.ts'
import { createRoomReads, type RoomReads } from './room-reads.ts'
import { createShares, type Shares } from './shares.ts'
import { createStatistics, type Statistics } from './statistics.ts'
import { createTags, type Tags } from './tags.ts'
import { createWebhooks, type Webhooks } from './webhooks.ts'

export interface OpenwebuiCore {
  chats: Chats
  chatRuns: ChatRuns
  chatFigures: ChatFigures
  compaction: Compaction
  completions: Completions
  chatSearch: ChatSearch
  tags: Tags
  shares: Shares
  feedbacks: Feedbacks
  folders: Folders
  calendars: Calendars
  grants: Grants
  channelGrants: ChannelGrants
  groups: Groups
  permissions: Permissions
  catalogue: Catalogue
  arena: Arena
  models: Models
  modelManagement: ModelManagement
  notifications: Notifications
  ollama: Ollama
  openaiPass: OpenaiPass
  pictures: Pictures
  promptVersions: PromptVersions
  speech: Speech
  notes: Notes
  noteChats: NoteChats
  workspace: Workspace
  people: People
  openFiles: OpenFiles
  knowledge: Knowledge
  knowledgeFiles: KnowledgeFiles
  knowledgeFolders: KnowledgeFolders
  fileJobs: FileJobs
  fileTexts: FileTexts
  textIndex: TextIndex
  textSearch: TextSearch
  collections: Collections
  attachments: Attachments
  sources: Sources
  library: Library
  webTexts: WebTexts
  openConfig: OpenConfig
  roomReads: RoomReads
  statistics: Statistics
  webhooks: Webhooks
  /** A file that the Python server made, for whoever is signed in; null when there is none. */
  openCache: FileStore['get']
  browsers: BrowserCalls
  toolServers: ToolServers
  terminalServers: TerminalServers
  /** Seeds the settings and takes the providers from them; awaited before the server listens. */
  begin(environment: Environment): Promise<void>
  /** Stops answers that are being written; what has arrived is stored. */
  end(): Promise<void>
}

export interface OpenwebuiOptions {
  /** Folder that the file store keeps its files in; Python wants whole paths in `file.path`. Null with S3. */
  uploadsDir: string | null
  /** For addresses that people choose. */
  outside: Outside
  /** Files that the Python server made and linked to from chats; null where there are none. */
  cache: FileStore | null
}

/** Parts use each other when called, not while they are made. */
export function createOpenWebuiGroup(
  deps: CoreDeps,
  core: Core,
  options: OpenwebuiOptions = { uploadsDir: null, outside: nowhere, cache: null },
): OpenwebuiCore {
  const own = {} as OpenwebuiCore
  const context: OpenwebuiContext = {
    deps,
    core,
    own,
    get read() {
      return deps.store.read.openwebui
    },
    write: (work) => deps.store.tx((repos, unit) => work(repos.openwebui, unit)),
    now: () => {
      const ms = deps.clock.now()
      return { ms, seconds: Math.floor(ms / 1000), nanos: BigInt(Math.trunc(ms)) * 1_000_000n }
    },
    setting: (key, fallback) => core.settings.get(key, fallback),
    uploadPath: (key) => (options.uploadsDir === null ? key : `${options.uploadsDir}/${key}`),
  }
  return Object.assign(own, {
    grants: createGrants(context),
    channelGrants: createChannelGrants(context),
    permissions: createPermissions(context),
    groups: createGroups(context),
    folders: createFolders(context),
    calendars: createCalendars(context),
    chats: createChats(context),
    chatRuns: createChatRuns(context),
    chatFigures: createChatFigures(context),
    compaction: createCompaction(context),
    completions: createCompletions(context),
    chatSearch: createChatSearch(context),
    tags: createTags(context),
    shares: createShares(context),
    feedbacks: createFeedbacks(context),
    catalogue: createCatalogue(context),
    arena: createArena(context),
    models: createModels(context),
    modelManagement: createModelManagement(context),
    notifications: createNotifications(context, options.outside),
    ollama: createOllama(context),
    openaiPass: createOpenaiPass(context),
    pictures: createPictures(context),
    promptVersions: createPromptVersions(context),
    speech: createSpeech(context),
    notes: createNotes(context),
    noteChats: createNoteChats(context),
    workspace: createWorkspace(context),
    people: createPeople(context),
    openFiles: createOpenFiles(context),
    knowledge: createKnowledge(context),
    knowledgeFiles: createKnowledgeFiles(context),
    knowledgeFolders: createKnowledgeFolders(context),
    fileJobs: createFileJobs(context),
    fileTexts: createFileTexts(context),
    textIndex: createTextIndex(context),
    textSearch: createTextSearch(context),
    collections: createCollections(context),
    attachments: createAttachments(context),
    sources: createSources(context),
    library: createLibrary(context),
    webTexts: createWebTexts(context),
    openConfig: createOpenConfig(context),
    roomReads: createRoomReads(deps),
    statistics: createStatistics(context),
    webhooks: createWebhooks(context),
    openCache: async (key, range) => options.cache?.get(key, range) ?? null,
    browsers: createBrowserCalls(),
    toolServers: createToolServers(context),
    terminalServers: createTerminalServers(context),
    begin: (environment) => own.openConfig.begin(environment),
    end: async () => {
      await own.chatRuns.stopAll()
      await own.fileJobs.end()
    },
  } satisfies OpenwebuiCore)
}
