/** The address that links of ours begin with: the configured one, or that of the request. */
export function originOf(request: Request, options: { publicUrl?: string | undefined }): string {
  return options.publicUrl?.replace(/\/+$/, '') ?? new URL(request.url).origin
}
