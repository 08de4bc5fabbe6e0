# Session files: sessions/ over the parts of the engine that turn commands and events into JSON.
if(VITRINE_FUZZ)
  pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3)
  file(GLOB session_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/sessions/*.cpp)
  list(FILTER session_sources EXCLUDE REGEX "/(replay|engine_door)\\.cpp$")
  target_sources(${name} PRIVATE ${session_sources} ${CMAKE_SOURCE_DIR}/engine/run/command_json.cpp
                 ${CMAKE_SOURCE_DIR}/engine/decode/sampler_spec.cpp)
  target_include_directories(${name} PRIVATE ${CMAKE_BINARY_DIR}/sessions)
  target_compile_definitions(${name} PRIVATE VITRINE_VERSION="${PROJECT_VERSION}")
  target_link_libraries(${name} PRIVATE PkgConfig::SQLITE)
else()
  target_link_libraries(${name} PRIVATE vitrine_sessions_static)
endif()
