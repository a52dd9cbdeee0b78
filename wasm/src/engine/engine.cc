#include "shiwu/engine.h"

#include <utility>

#include "engine/graph.h"
#include "engine/network.h"
#include "engine/plan.h"

namespace shiwu {

struct Engine::State {
  engine::Plan plan;
};

Engine::Engine(std::unique_ptr<State> state) : state_(std::move(state)) {
  engine::Plan& plan = state_->plan;
  const auto port = [&](const engine::Plan::Port& from) -> Port {
    const int64_t* sides = from.dims.at;
    return {from.name, {sides, sides + from.dims.count}, {plan.At(from), from.shape.size()}};
  };
  input_ = port(plan.input());
  for (const auto& output : plan.outputs()) outputs_.push_back(port(output));
  if (plan.tapped()) tapped_ = port(*plan.tapped());
}
Engine::Engine(Engine&&) noexcept = default;
Engine& Engine::operator=(Engine&&) noexcept = default;
Engine::~Engine() = default;

Result<Engine> Engine::Load(std::span<const uint8_t> file, int height, int width,
                            std::string_view tapped) {
  engine::Failure failure;
  engine::Graph graph;
  engine::Network network;
  auto state = std::make_unique<State>();
  if (!engine::ReadGraph(file, graph, failure) ||
      !engine::Lower(graph, height, width, tapped, network, failure)) {
    return failure.error();
  }
  engine::Fuse(network);
  if (!state->plan.Make(network, failure)) return failure.error();
  return Engine(std::move(state));
}

size_t Engine::tap_step() const { return state_->plan.tap_step(); }

size_t Engine::step_count() const { return state_->plan.steps().size(); }

void Engine::RunStep(size_t index) { state_->plan.Run(index); }

Engine::StepInfo Engine::step(size_t index) const {
  const engine::Step& step = *state_->plan.steps()[index];
  return {step.kind(), step.macs(), step.weight_bytes()};
}

size_t Engine::arena_bytes() const { return state_->plan.arena_bytes(); }

}  // namespace shiwu
