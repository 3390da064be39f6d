# docker buildx bake            the base image, for both architectures, into the registry: REGISTRY, VERSION, --push
# docker buildx bake s6 s6-min  the static programs alone
# docker buildx bake local      the base image for this machine, into its own store

variable "REGISTRY" { default = "localhost" }
variable "VERSION"  { default = "0.1.0" }
variable "REVISION" { default = "" }
variable "SOURCE"   { default = "" }
variable "UBUNTU"   { default = "docker.io/library/ubuntu:24.04" }
variable "SKARNET_URL" { default = "https://skarnet.org/software" }

group "default" {
  targets = ["base"]
}

group "all" {
  targets = ["base", "s6", "s6-min"]
}

target "common" {
  context    = "."
  dockerfile = "Dockerfile"
  args = {
    UBUNTU      = UBUNTU
    SKARNET_URL = SKARNET_URL
  }
  labels = {
    "org.opencontainers.image.version"   = VERSION
    "org.opencontainers.image.revision"  = REVISION
    "org.opencontainers.image.source"    = SOURCE
    "org.opencontainers.image.base.name" = UBUNTU
  }
}

# What is published: both architectures, with a list of what is inside and a statement of how it was built.
target "published" {
  inherits  = ["common"]
  platforms = ["linux/amd64", "linux/arm64"]
  attest    = ["type=sbom", "type=provenance,mode=max"]
}

target "base" {
  inherits = ["published"]
  target   = "base"
  tags     = ["${REGISTRY}/s6-base:${VERSION}", "${REGISTRY}/s6-base:latest"]
  labels = {
    "org.opencontainers.image.title"       = "s6-base"
    "org.opencontainers.image.description" = "Ubuntu supervised by a static s6: syslog, cron, logrotate"
    "org.opencontainers.image.licenses"    = "MIT AND ISC"
  }
}

target "s6" {
  inherits = ["published"]
  target   = "s6"
  tags     = ["${REGISTRY}/s6:${VERSION}", "${REGISTRY}/s6:latest"]
  labels = {
    "org.opencontainers.image.title"       = "s6"
    "org.opencontainers.image.description" = "skalibs, execline, s6 and s6-rc, static: COPY --from"
    "org.opencontainers.image.licenses"    = "ISC AND MIT"
  }
}

target "s6-min" {
  inherits = ["published"]
  target   = "s6-min"
  tags     = ["${REGISTRY}/s6-min:${VERSION}", "${REGISTRY}/s6-min:latest"]
  labels = {
    "org.opencontainers.image.title"       = "s6-min"
    "org.opencontainers.image.description" = "What a supervision tree needs of s6, static: COPY --from"
    "org.opencontainers.image.licenses"    = "ISC AND MIT"
  }
}

target "local" {
  inherits = ["common"]
  target   = "base"
  tags     = ["s6-base"]
  output   = ["type=docker"]
}
