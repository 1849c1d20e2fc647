package dev.menura.e2e;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/// Who may import whom.
class ModuleRulesTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.menura");

  private static final String POLICY = "dev.menura.policy..";
  private static final String CERTIFICATES = "dev.menura.certificates..";
  private static final String EXT_PROC = "dev.menura.extproc..";
  private static final String CONTROL_PLANE = "dev.menura.controlplane..";
  private static final String SIDECAR = "dev.menura.sidecar..";
  private static final String[] WIRE_LIBRARIES = {
    "io.grpc..", "io.netty..", "io.envoyproxy..", "com.google.protobuf.."
  };

  @Test
  void policyDependsOnNothingOfOurs() {
    never(POLICY, "dev.menura.proto..", CERTIFICATES, EXT_PROC, CONTROL_PLANE, SIDECAR);
  }

  @Test
  void policyKnowsNoWireTypes() {
    never(POLICY, WIRE_LIBRARIES);
  }

  @Test
  void onlyTheYamlPackageOfPolicyReadsYaml() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.menura.policy.yaml..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.snakeyaml..")
        .check(CLASSES);
  }

  @Test
  void certProviderDependsOnProtoAlone() {
    never("dev.menura.certificates..", POLICY, EXT_PROC, CONTROL_PLANE, SIDECAR);
  }

  @Test
  void onlyCertProviderAndPasswordHashesUseBouncyCastle() {
    noClasses()
        .that()
        .resideOutsideOfPackages(CERTIFICATES, "dev.menura.extproc.identity..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.bouncycastle..")
        .check(CLASSES);
  }

  @Test
  void extProcDependsOnPolicyAndProtoAlone() {
    never(EXT_PROC, CERTIFICATES, CONTROL_PLANE, SIDECAR);
  }

  @Test
  void theInspectionEnginesKnowNoWireTypesAndNoExchange() {
    never("dev.menura.extproc.inspect..", WIRE_LIBRARIES);
    never(
        "dev.menura.extproc.inspect..",
        "dev.menura.extproc.exchange..",
        "dev.menura.extproc.gate..",
        "dev.menura.extproc.event..");
  }

  @Test
  void controlPlaneDependsOnPolicyAndProtoAlone() {
    never(CONTROL_PLANE, CERTIFICATES, EXT_PROC, SIDECAR);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("dev.menura.(**)").should().beFreeOfCycles().check(CLASSES);
  }

  private static void never(String from, String... to) {
    noClasses()
        .that()
        .resideInAPackage(from)
        .and()
        .resideOutsideOfPackage("dev.menura.certificates.v1..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(to)
        .check(CLASSES);
  }
}
