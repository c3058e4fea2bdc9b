# Two stages: Bun builds one file, and that file is all there is in the final image besides the C library it needs.
# Keep the version of Bun the same as in package.json (a test compares them).
FROM oven/bun:1.4.5 AS build
WORKDIR /build
COPY package.json bun.lock bunfig.toml tsconfig.json ./
RUN bun install --frozen-lockfile
COPY src src
COPY public public
COPY scripts scripts
COPY drizzle drizzle
# The folder for data is made here, because the final image has no shell to make it with.
RUN bun scripts/build.ts && mkdir -p /data/.keep && rmdir /data/.keep

FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /build/dist/hubbub /usr/local/bin/hubbub
COPY --from=build --chown=65532:65532 /data /data
ENV DATA_DIR=/data LOG_FORMAT=json
WORKDIR /data
VOLUME /data
EXPOSE 8080
USER 65532:65532
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD ["/usr/local/bin/hubbub", "health"]
ENTRYPOINT ["/usr/local/bin/hubbub"]
CMD ["serve"]
