# Copyright 2026 The sync Authors.
# SPDX-License-Identifier: Apache-2.0

"""What benchmarks.py needs: programs that are optimized, and matplotlib.

Debian's Google Benchmark is a debug build, so its sources are fetched from
Debian, too, and Bazel builds them as it builds the rest. They are kept in the
user's cache. Other Bazels build the library from its sources anyway.
"""

import glob
import importlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile

PLOTTER = "python3-matplotlib"

# Those that say how fast the code is.
FLAG = re.compile(r"-(O.*|DNDEBUG|D_FORTIFY_SOURCE=.*|m.*|std=.*|fno-omit.*"
                  r"|falign.*|fstack.*|flto.*|fprofile.*)")


def say(text):
  print(f"benchmarks: {text}", file=sys.stderr, flush=True)


def output_of(*command, says=subprocess.PIPE):
  """Returns what it prints; ends the program with what it says if it fails.

  What it says is shown at once if `says` is None.
  """
  done = subprocess.run(command, stdout=subprocess.PIPE, stderr=says, text=True,
                        check=False)
  if done.returncode != 0:
    sys.exit(f"{done.stderr or ''}benchmarks: `{' '.join(command)}` has "
             "failed; nothing is written")
  return done.stdout


def need_plotter():
  """Sees to it that matplotlib can be imported; installs it if need be."""
  if importlib.util.find_spec("matplotlib"):
    return
  debian = "/usr/bin/python3"
  if not glob.glob("/usr/lib/python3/dist-packages/matplotlib/__init__.py"):
    install_plotter()
  importlib.invalidate_caches()
  if importlib.util.find_spec("matplotlib"):
    return
  # This is another Python than that whose packages Debian installs.
  if os.path.realpath(sys.executable) != os.path.realpath(debian):
    os.execv(debian, [debian, "-B", *sys.argv])
  sys.exit(f"benchmarks: {sys.executable} has no matplotlib, though {PLOTTER} "
           "is installed; reinstall it and try again")


def install_plotter():
  if not shutil.which("apt-get"):
    sys.exit("benchmarks: the plots need matplotlib. Install it, such as by "
             "`python3 -m pip install matplotlib`, and try again")
  command = f"apt-get install -y --no-install-recommends {PLOTTER}"
  root = []
  if os.geteuid() != 0:
    if not shutil.which("sudo"):
      sys.exit(f"benchmarks: run this as root, then try again: {command}")
    root = ["sudo"] if sys.stdin.isatty() else ["sudo", "-n"]
  say(f"installing the Debian package {PLOTTER}, which draws the plots")
  apt = [*root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq",
         "-o", "DPkg::Lock::Timeout=600"]
  subprocess.run([*apt, "update"], stdout=sys.stderr, check=False)
  done = subprocess.run(
      [*apt, "install", "-y", "--no-install-recommends", PLOTTER],
      stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
  if done.returncode != 0:
    sys.exit(f"{done.stdout}benchmarks: cannot install it. Mend what apt-get "
             f"says above, or run this as root and try again: {command}")


def cache():
  base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
  return os.path.join(base, "sync")


def source_lists(targets):
  """Returns the sources.list for what `apt-get indextargets` has printed.

  A line of that is "<origin> <address> <release> <component>"; other origins
  than Debian's may have no sources.
  """
  lines = [line.rsplit(" ", 3) for line in targets.splitlines()]
  debian = [line for line in lines if line[0] == "Debian"]
  return "".join(f"deb-src {' '.join(line[1:])}\n" for line in debian or lines)


def upstream_version(package):
  """Returns the version of a Debian package, without what Debian adds."""
  return output_of("dpkg-query", "-W", "-f", "${source:Upstream-Version}",
                   package)


def sources():
  """Returns (directory, version) of the sources of Google Benchmark.

  Fetches them if they aren't in the cache, by apt-get with lists of its own,
  so that the machine's stay as they are. None: it could not.
  """
  name, version = output_of(
      "dpkg-query", "-W", "-f", "${source:Package} ${source:Version}",
      "libbenchmark-dev").split()
  upstream = re.sub(r"-[^-]*$", "", version)
  place = os.path.join(cache(), f"google-benchmark-{upstream}")
  if os.path.isdir(place):
    return place, upstream
  say(f"fetching the sources of Google Benchmark {upstream} from Debian, whose "
      "own build of them is a debug build")
  targets = output_of(
      "apt-get", "indextargets", "--format",
      "$(ORIGIN) $(REPO_URI) $(RELEASE) $(COMPONENT)", "Created-By: Packages")
  try:
    os.makedirs(cache(), exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache()) as scratch:
      for directory in ("lists/partial", "cache/archives/partial"):
        os.makedirs(os.path.join(scratch, directory))
      listed = os.path.join(scratch, "sources.list")
      with open(listed, "w", encoding="utf-8") as file:
        file.write(source_lists(targets))
      apt = ["apt-get", "-qq", "-o", f"Dir::Etc::SourceList={listed}",
             "-o", "Dir::Etc::SourceParts=-",
             "-o", f"Dir::State::Lists={scratch}/lists",
             "-o", f"Dir::Cache={scratch}/cache",
             "-o", "APT::Sandbox::User=root"]
      log = ""
      for command in (["update"],
                      ["source", "--download-only", f"{name}={version}"]):
        done = subprocess.run(
            apt + command, cwd=scratch, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, check=False)
        log += done.stdout
      if done.returncode != 0:
        say(f"cannot fetch them:\n{log}")
        return None
      (archive,) = glob.glob(os.path.join(scratch, "*.orig.tar.*[!c]"))
      with tarfile.open(archive) as tar:
        tar.extractall(os.path.join(scratch, "unpacked"))
      (unpacked,) = glob.glob(os.path.join(scratch, "unpacked", "*"))
      os.rename(unpacked, place)
  except OSError as error:
    sys.exit(f"benchmarks: cannot keep the sources of Google Benchmark: {error}"
             ". Make room there, or set XDG_CACHE_HOME to where there is some, "
             "and try again")
  return place, upstream


def compiled(actions):
  """Returns (compiler, flags) of what `bazel aquery` has printed as JSON."""
  arguments = json.loads(actions)["actions"][0]["arguments"]
  flags = [flag for flag in arguments[1:] if FLAG.fullmatch(flag)]
  # The last one counts.
  standards = [flag for flag in flags if flag.startswith("-std=")]
  return arguments[0], " ".join(
      flag for flag in flags if flag not in standards[:-1])


def build():
  """Builds the benchmarks; returns ([program], what the page says of that)."""
  own = []
  version = absl_version = None
  # Debian's Bazel is the one that does not know its version. This is also when
  # it is installed, where there is none.
  if output_of("./bazelw", "--version",
               says=None).strip() == "bazel no_version":
    found = sources()
    if found:
      own = [f"--repo_env=GOOGLE_BENCHMARK_SOURCES={found[0]}"]
      version = found[1]
    else:
      say("going on with Debian's debug build, as the page will say")
      version = upstream_version("libbenchmark-dev")
    absl_version = upstream_version("libabsl-dev")
  labels = sorted(output_of(
      "./bazelw", "query", *own,
      'kind("cc_binary", filter("_benchmark$", //benchmarks/...))').split())
  flags = ["--config=opt", *own]
  say(f"building {', '.join(labels)}, optimized")
  done = subprocess.run(["./bazelw", "build", *flags, *labels],
                        stdout=sys.stderr, check=False)
  if done.returncode != 0:
    sys.exit("benchmarks: they don't build; nothing is written")
  directory = output_of("./bazelw", "info", *flags, "bazel-bin").strip()
  compiler, options = compiled(output_of(
      "./bazelw", "aquery", *flags, "--output=jsonproto",
      'mnemonic("CppCompile", //benchmarks:runner)'))
  return (
      [os.path.join(directory, label.removeprefix("//").replace(":", "/"))
       for label in labels],
      {"benchmark_version": version, "absl_version": absl_version,
       "flags": options,
       "compiler": output_of(compiler, "--version").split("\n")[0]})
