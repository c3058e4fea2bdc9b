/** `hubbub health`: for HEALTHCHECK in images that hold nothing but the binary. */

/** 0 when the server says that it is well within five seconds. */
export async function health(url: string): Promise<number> {
  try {
    const response = await fetch(`${url.replace(/\/$/, '')}/health`, { signal: AbortSignal.timeout(5_000) })
    const body = (await response.json()) as { status?: boolean }
    console.log(JSON.stringify(body))
    return response.ok && body.status === true ? 0 : 1
  } catch (error) {
    console.error(`no answer from ${url}: ${error instanceof Error ? error.message : String(error)}`)
    return 1
  }
}
