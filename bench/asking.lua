-- Asks for the pages of a list in turns, each thread from another place on, and tells how it went as JSON.
local asked, at, threads = {}, 0, 0

function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

function init(arguments)
  for line in io.lines(arguments[1]) do
    local path, etag = line:match("^(%S+)%s*(.*)$")
    local headers = {["Host"] = "127.0.0.1"}
    if arguments[2] and arguments[2] ~= "" then headers["Cookie"] = arguments[2] end
    if etag ~= "" then headers["If-None-Match"] = etag end
    asked[#asked + 1] = wrk.format("GET", path, headers)
  end
  at = number * math.floor(#asked / 2)
end

function request()
  at = at % #asked + 1
  return asked[at]
end

function done(summary, latency, requests)
  local bad = summary.errors
  io.write(string.format(
    '\nTOLD {"requests": %d, "seconds": %f, "p50": %f, "p99": %f, "refused": %d, "broken": %d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    bad.status, bad.connect + bad.read + bad.write + bad.timeout))
end
